"""What a chart makes, as documents whose nodes stand in its templates."""

from __future__ import annotations

from bisect import bisect_right
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.source import Source, Span
from imagelint.deployment.renderings.leftopen import (
    OPEN,
    may_be_open,
    names_open,
    open_values,
    template_line,
    without_open,
)
from imagelint.deployment.renderings.lines import TemplateLine, aligned
from imagelint.deployment.renderings.madetrees import MadeTrees
from imagelint.deployment.renderings.rendered import RenderedManifest
from imagelint.deployment.renderings.templatevalues import (
    Meant,
    continued,
    helpers_in,
    image_parts,
    set_at,
    values_taken,
)
from imagelint.documents.base import DocumentError
from imagelint.documents.gitops.values import scalar_at, tree_in
from imagelint.documents.kubernetes.pods.reader import read_pods
from imagelint.documents.kubernetes.reading import read_objects
from imagelint.documents.kubernetes.wellformed import malformed_parts
from imagelint.documents.mapped import MappedText
from imagelint.documents.parts import Attachments, TextPart
from imagelint.documents.project import beside
from imagelint.documents.rendering.rendered import GivenValues
from imagelint.documents.runtime.field import Place
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import read_stream
from imagelint.documents.yaml.load import YamlError, read_yaml
from imagelint.documents.yaml.nodes import Entry, MappedScalar, Mapping, Scalar, Sequence
from imagelint.documents.yaml.text import offsets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Finding, Location
    from imagelint.deployment.renderings.templatevalues import Helpers, Taken
    from imagelint.documents.base import Allowance, Document, Node
    from imagelint.documents.gitops.model import DeliverySource
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.rendering.chart import Chart
    from imagelint.documents.rendering.rendered import RenderedChart, RenderedFile
    from imagelint.documents.yaml.nodes import YamlNode

_VALUES = "values.yaml"


class ValuesTree(NamedTuple):
    """Where values stand: a tree, and where its places begin.

    `folder` is that of the chart within another one whose own they are; `chart` tells that they are
    the fields of its `Chart.yaml`.
    """

    start: int
    tree: YamlNode
    folder: str = ""
    chart: bool = False

    def keys(self, taken: Taken, folder: str) -> tuple[str, ...] | None:
        """The keys of what a template in a folder takes; None where it takes others.

        A chart within another one has those under its name, and what is global.
        https://helm.sh/docs/chart_template_guide/subcharts_and_globals/
        """
        if taken.chart != self.chart or (taken.chart and folder != self.folder):
            return None
        if taken.chart or folder == self.folder or taken.keys[0] == "global":
            return taken.keys
        return (*folder.split("/")[1::2], *taken.keys) if not self.folder else None


def _inner(origin: str) -> str:
    """The folder of the chart within another one in which a template lies: `charts/a`."""
    before = origin.rpartition("/templates/")[0].split("/")
    found: list[str] = []
    while len(before) > 1 and before[-2] == "charts":
        found = [*before[-2:], *found]
        before = before[:-2]
    return "/".join(found)


class ChartManifest(RenderedManifest):
    """The objects that a chart makes with one file of values."""

    __slots__ = ("_folder", "_helpers", "_made", "_texts", "_values")
    _made: MadeTrees
    _folder: str
    _values: tuple[ValuesTree, ...]
    _texts: tuple[str, ...]
    _helpers: Helpers | None

    def with_values(self, maker: str, texts: _Texts) -> ChartManifest:
        """The same, with the values of its chart."""
        self.maker = maker
        self._values = texts.values()
        self._texts = texts.templates
        self._folder, self._helpers = texts.folder, None
        self._made = MadeTrees(self.objects, self.parts)
        return self

    def set_by(self, finding: Finding) -> Iterator[Node]:
        """Where the values are set that the lines of a template take, of its notes as well."""
        told = {finding.location: finding.message}
        for text, location in finding.notes:  # what a note names is what it is about
            if location is not None:
                told.setdefault(location, text if "`" in text else finding.message)
        for place in told.items():
            yield from self._set_by(*place)

    def _set_by(self, location: Location, message: str) -> Iterator[Node]:
        template = next((one for one in self.parts if one.source.origin == location.origin), None)
        if template is None:
            return
        if self._helpers is None:  # most have no finding
            self._helpers = helpers_in(self._texts)
        inner = _inner(location.origin.removeprefix(self._folder))
        meant = Meant(location.path, message, self._made.along(template, location))
        first, last = location.start.line, location.end.line
        for taken in values_taken(template.source.text, first, last, self._helpers):
            for held in self._values:
                keys = held.keys(taken, inner)
                place = keys and set_at(held.tree, keys, meant)
                if keys and place:
                    of_image = location.path.endswith("image") and image_parts(held.tree, keys)
                    for name, span in of_image or (("", place),):
                        at = Span(span.start + held.start, span.end + held.start)
                        yield Place(at, ".".join(filter(None, (taken.name, name))))
                    break


def rendered_manifest(chart: Chart, rendered: RenderedChart) -> ChartManifest:
    """The objects that a chart makes with one file of values.

    Raises:
        DocumentError: what was made cannot be read.
    """
    named = f" with `{rendered.values}`" if rendered.values else ""
    return _manifest(chart, _Texts(chart, rendered), f"`{chart.source.origin}`{named}")


def delivered_manifest(
    document: Document, rendered: RenderedChart, source: DeliverySource
) -> ChartManifest:
    """The objects that a chart makes with the values of what deploys it.

    Raises:
        DocumentError: what was made cannot be read.
    """
    texts = _Texts(document, rendered, tuple(reversed(source.inline)))
    return _manifest(document, texts, f"{source.title} of `{document.source.origin}`")


def _manifest(document: Document, texts: _Texts, maker: str) -> ChartManifest:
    objects: list[KubernetesObject] = []
    allowances: list[Allowance] = []
    names = open_values(one.tree for one in texts.values())  # which are parts, too
    for file in texts.rendered.files:
        reader = _Reader(file, texts, names)
        objects += reader.objects()
        allowances += reader.allowances
    with_pods = tuple((obj, read_pods(obj)) for obj in objects)
    parts = texts.parts
    made = ChartManifest(
        document.source,
        with_pods,
        complaints=sorted(
            complaint
            for obj, pods in with_pods
            for complaint in without_open(malformed_parts(obj, pods), obj, names, parts)
        ),
    )
    attached = made.attach(Attachments(texts.parts, allowances=tuple(allowances)))
    return attached.with_values(maker, texts)


class _Texts:
    """The texts of a chart as parts of what it makes, each once.

    `inline` are the values in the document itself, those first that count most.
    """

    def __init__(
        self, document: Document, rendered: RenderedChart, inline: tuple[YamlNode, ...] = ()
    ) -> None:
        self._origin = rendered.chart or document.source.origin
        self.rendered = rendered
        self._inline = inline
        self._next = len(document.source.text) + 1
        self._known: dict[str, TextPart] = {}

    @property
    def parts(self) -> tuple[TextPart, ...]:
        return tuple(self._known.values())

    @property
    def folder(self) -> str:
        """What the origins of the chart's files begin with."""
        return self._origin.removesuffix("Chart.yaml")

    @property
    def templates(self) -> tuple[str, ...]:
        """The texts of all templates."""
        texts = self.rendered.texts.items()
        return tuple(text for name, text in texts if "templates/" in name)

    def part(self, name: str) -> TextPart | None:
        """A text by its name in the chart; None where there is none."""
        text = self.rendered.texts.get(name)
        return None if text is None else self._attached(beside(self._origin, name), text)

    def _attached(self, origin: str, text: str) -> TextPart:
        if origin not in self._known:
            part = TextPart(self._next, Source(origin, text), certain=True)
            self._known[origin] = part
            self._next = part.next_start
        return self._known[origin]

    def values(self) -> tuple[ValuesTree, ...]:
        """The trees of the values, those that count more first, and of what charts are called."""
        found = [ValuesTree(0, tree) for tree in self._inline]
        for given in reversed(self.rendered.given):
            part = self._attached(given.origin, given.text)
            tree = values_in(given)
            found += [ValuesTree(part.start, tree)] if tree is not None else []
        for name in dict.fromkeys((self.rendered.values, _VALUES)):
            found += self._held(name, "")
        templates = (file.template for file in self.rendered.files)
        for folder in sorted({_inner(f"/{name}") for name in templates}, key=len):
            start = f"{folder}/" if folder else ""
            found += self._held(f"{start}{_VALUES}", folder) if folder else []
            found += self._held(f"{start}Chart.yaml", folder, chart=True)
        return tuple(found)

    def _held(self, name: str, folder: str, *, chart: bool = False) -> list[ValuesTree]:
        part = self.part(name) if name else None
        given = part and GivenValues(part.source.origin, part.source.text)
        tree = values_in(given) if given else None
        return [ValuesTree(part.start, tree, folder, chart)] if part and tree is not None else []


def values_in(given: GivenValues) -> YamlNode | None:
    """The tree of values in a file, or in a ConfigMap of it; None where there is none."""
    try:
        roots = [Cursor(node) for node in read_yaml(given.text).documents]
    except YamlError:
        return None
    if not given.name:
        return roots[0].node if roots else None
    objects = (obj for root in roots for obj in read_objects(root))
    found = [
        obj.body.at("data", given.key)
        for obj in objects
        if obj.kind == "ConfigMap" and obj.name == given.name
    ]
    scalar = scalar_at(found[0]) if len(found) == 1 else None
    return tree_in(scalar) if scalar is not None else None


class _Reader:
    """Reads the objects that one template makes; `names` are those of values without one."""

    def __init__(self, file: RenderedFile, texts: _Texts, names: frozenset[str]) -> None:
        self._file = file
        self._names = names
        self._texts = texts
        self._first: dict[str, dict[int, int]] = {}
        self._starts = [0]
        for line in file.text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.allowances: tuple[Allowance, ...] = ()

    def objects(self) -> list[KubernetesObject]:
        """Its objects with their places in the templates."""
        part = self._texts.part(self._file.template)
        origin = part.source.origin if part else self._file.template
        source = Source(origin, self._file.text)
        try:
            stream = read_stream(source, "kubernetes")
        except DocumentError as error:
            message = f"what `{self._file.template}` makes: {error.message}"
            raise DocumentError(error.kind, message) from None
        self.allowances = tuple(
            one._replace(span=self._whole(one.span), scope=self._whole(one.scope))
            for one in comment_allowances(source, stream.documents)
        )
        trees = (self._placed(tree) for tree in stream.documents)
        return [obj for tree in trees for obj in read_objects(Cursor(tree))]

    def _placed(self, node: YamlNode) -> YamlNode:
        if isinstance(node, Mapping):
            entries = tuple(map(self._entry, node.entries))
            return Mapping(self._around(node.span, entries), entries)
        if isinstance(node, Sequence):
            items = tuple(map(self._placed, node.items))
            return Sequence(self._around(node.span, items), items)
        return self._scalar(node)

    def _entry(self, entry: Entry) -> Entry:
        """A field in its place; a value that waits for whoever installs the chart is not known."""
        key, value = self._key(entry.key), self._placed(entry.value)
        if self._names and isinstance(value, Scalar) and may_be_open(key.text, value):
            line = template_line(key.span, self._texts.parts)
            if names_open(line, self._names):
                value = Scalar(value.span, OPEN, OPEN, plain=False)
        return Entry(key, value)

    def _around(self, span: Span, nodes: tuple[Node, ...]) -> Span:
        """From the first to the last of some nodes, as far as they stand in that order."""
        if not nodes:
            return self._whole(span)
        first, last = nodes[0].span, nodes[-1].span
        return Span(first.start, last.end) if last.end >= first.start else first

    def _key(self, key: Scalar) -> Scalar:
        line = self._line(key.span.start)
        at = line.text.find(f"{key.raw}:")
        if at < 0:
            return Scalar(line.stripped, key.value, key.raw, key.plain)
        span = Span(line.start + at, line.start + at + len(key.raw))
        return Scalar(span, key.value, key.raw, key.plain)

    def _scalar(self, node: Scalar) -> Scalar:
        line = self._line(node.span.start)
        raw = node.raw
        at = line.text.rfind(raw) if raw and "\n" not in raw else -1
        if at >= 0:
            span = Span(line.start + at, line.start + at + len(raw))
            return Scalar(span, node.value, raw, node.plain)
        if "\n" in raw and node.block:
            made = MappedScalar(line.filled, node.value, raw, node.plain)
            made.find = partial(self._mapped, node, made.span)
            return made
        return Scalar(line.filled, node.value, raw, node.plain)

    def _mapped(self, node: Scalar, span: Span) -> MappedText:
        """The value of a block by the lines of the templates that made its lines.

        `node` has places in what was made, `span` is where the block begins in a template.
        """
        starts: list[int] = []
        ends: list[int] = []
        number, line, columns, first = -1, TemplateLine("", 0), aligned("", ""), 0
        for offset in offsets(node) or ():
            at = bisect_right(self._starts, offset) - 1
            if at != number:
                number, first = at, self._starts[at]
                line = self._line(offset)
                made = self._file.text[first : self._starts[at + 1] - 1]
                columns = aligned(made, line.text)
            known = at < len(self._file.lines) and self._file.lines[at] is not None
            starts.append(line.start + columns.start(offset - first) if known else span.start)
            ends.append(line.start + columns.end(offset - first) if known else span.end)
        return MappedText(node.text, span, tuple(starts), tuple(ends))

    def _whole(self, span: Span) -> Span:
        """From the line of the start to the line of the end."""
        first, last = self._line(span.start), self._line(max(span.start, span.end - 1))
        end = last.start + len(last.text)
        return Span(first.start, end if end >= first.start else first.start + len(first.text))

    def _line(self, offset: int) -> TemplateLine:
        """The line of a template of which the line was made in which an offset lies."""
        number = bisect_right(self._starts, offset) - 1
        lines = self._file.lines
        where = lines[number] if number < len(lines) else None
        name, line = where or (self._file.template, 1)
        part = self._texts.part(name)
        if part is None or line > len(part.source.line_starts):
            return TemplateLine("", 0)
        if name not in self._first:
            self._first[name] = continued(part.source.text)
        first = self._first[name].get(line, line)
        text = "\n".join(map(part.source.line, range(first, line + 1)))
        return TemplateLine(text, part.shifted(part.source.line_span(first)).start)
