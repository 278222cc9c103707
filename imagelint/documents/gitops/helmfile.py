"""A helmfile: the releases that it installs.

https://helmfile.readthedocs.io/en/latest/#configuration
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import Document, DocumentError
from imagelint.documents.gitops.changes import Changes
from imagelint.documents.gitops.model import Base, DeliverySource, ValuesFile
from imagelint.documents.gitops.values import assigned, is_filled_later, scalar_at
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream, replaced_secrets
from imagelint.documents.yaml.nodes import Mapping, Scalar
from imagelint.documents.yaml.settings import chart_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source, Span
    from imagelint.documents.base import Node
    from imagelint.documents.yaml.nodes import YamlNode

# What changes the objects of a release after they were rendered, or before.
_CHANGES = (
    *("strategicMergePatches", "jsonPatches", "transformers", "postRenderer", "dependencies"),
    "forceNamespace",
)
# Files of its own that hold what a release takes.
_ELSEWHERE = ("bases", "helmfiles")


class Helmfile(Document):
    """The releases of a helmfile; every scalar in it is a setting."""

    kind = "helmfile"
    __slots__ = ("roots",)

    def __init__(self, source: Source) -> None:
        stream = read_stream(source, self.kind)
        self.roots = tuple(map(Cursor, stream.documents))
        super().__init__(
            source,
            complaints=duplicate_complaints(stream),
            allowances=comment_allowances(source, stream.documents),
            gaps=tuple(gap for root in self.roots for gap in _elsewhere(root)),
        )

    def nodes(self) -> Iterator[Node]:
        """Each setting of a release, in order, and the containers of known charts."""
        for root in self.roots:
            yield from _made_nodes(root)
        yield from chart_settings(root["releases"] for root in self.roots)

    def concealed(self) -> Iterator[Span]:
        """Also the secrets that are written over."""
        yield from super().concealed()
        yield from replaced_secrets(self)

    def sources(self) -> Iterator[DeliverySource]:
        """The charts that it installs, with the values that it gives."""
        for root in self.roots:
            templates = dict(root["templates"].entries())
            for place in root["releases"].items():
                yield from _release(place, templates)


def parse_helmfile(source: Source) -> Helmfile:
    """Read a helmfile.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    return Helmfile(source)


def _made_nodes(root: Cursor) -> Iterator[Node]:
    """What is made of the values that releases of known charts hold themselves."""
    from imagelint.documents.gitops.chartpods import values_pods
    from imagelint.documents.kubernetes.manifest import pod_nodes

    templates = dict(root["templates"].entries())
    for place in root["releases"].items():
        chart = _field(place, "chart", templates).word()
        for values in place["values"].items() if chart else ():
            if isinstance(values.node, Mapping) and place["installed"].word() != "false":
                for pod in values_pods(Cursor(values.node, values.path), chart):
                    yield from pod_nodes(pod)


def _elsewhere(root: Cursor) -> Iterator[DocumentError]:
    """What stands in files that need not be called helmfiles."""
    for place in (item for field in _ELSEWHERE for item in root[field].items()):
        path = place if isinstance(place.node, Scalar) else place["path"]
        if path.exists and not _is_found(path.word()):
            detail = f"`{path.word() or 'what it names here'}` is not read with it"
            help_ = "call it `helmfile.yaml`, or lay it into a folder `helmfile.d`"
            yield DocumentError(ProblemKind.UNREADABLE, detail, path.span, help_)


def _is_found(path: str) -> bool:
    """Whether a helmfile that another one names is one by its own name as well."""
    from imagelint.documents.kinds import kind_by_path

    return "://" not in path and "::" not in path and kind_by_path(path.lower()) == "helmfile"


def _release(place: Cursor, templates: dict[str, Cursor]) -> Iterator[DeliverySource]:
    if place["installed"].word() == "false":
        return
    chart, name = _field(place, "chart", templates), place["name"].word()
    found = DeliverySource(
        f"the release `{name}`",
        chart.span if chart.exists else place.span,
        chart.word(),
        Base.HERE,
        f"the chart `{chart.word()}`",
        name=name,
        namespace=_field(place, "namespace", templates).word(),
        changes=Changes(
            Mapping(place.span, ()), unread=tuple(key for key in _CHANGES if place[key].exists)
        ),
    )
    if chart.templated or not chart.exists:
        yield found._replace(path="", unread="its chart is known only when it is filled in")
    elif place["inherit"].exists and len(place["inherit"].items()) != 1:
        yield found._replace(unread="it inherits from several templates")
    else:
        yield _with_values(found, place, templates)


def _field(place: Cursor, key: str, templates: dict[str, Cursor]) -> Cursor:
    """A field of a release, or that of the template that it inherits."""
    if place[key].exists:
        return place[key]
    for item in place["inherit"].items():
        inherited = templates.get(item["template"].word())
        if inherited is not None and inherited[key].exists:
            return inherited[key]
    return place[key]


def _with_values(
    found: DeliverySource, place: Cursor, templates: dict[str, Cursor]
) -> DeliverySource:
    if _field(place, "secrets", templates).items():
        return found._replace(unread="some of its values are secret")
    optional = _field(place, "missingFileHandler", templates).word() not in ("", "Error")
    given = _field(place, "values", templates).items()
    trees: list[YamlNode] = [item.node for item in given if isinstance(item.node, Mapping)]
    paths = [item for item in given if not isinstance(item.node, Mapping)]
    if any(not _is_plain(item.word()) for item in paths):
        return found._replace(unread="a file of its values is known only when it is filled in")
    if trees and paths and paths[-1].span.start > trees[0].span.start:
        return found._replace(unread="it gives values in files behind those that it holds")
    assignments = tuple(_assignments(place))
    inline: list[YamlNode] = [*trees, *(one for one in assignments if one is not None)]
    if None in assignments:
        return found._replace(unread="some of its values are set in a way that is not read")
    if any(map(is_filled_later, inline)) or _has_template(inline):
        return found._replace(unread="its values are known only when they are filled in")
    files = (ValuesFile(item.word(), Base.HERE, item.span, optional) for item in paths)
    return found._replace(files=tuple(files), inline=tuple(inline))


def _is_plain(path: str) -> bool:
    return bool(path) and "://" not in path and not path.endswith(".gotmpl")


def _assignments(place: Cursor) -> Iterator[YamlNode | None]:
    """What `set` and `setString` give; None for what is said in another way."""
    for field in ("set", "setString"):
        for one in place[field].items():
            value = scalar_at(one["value"])
            text = field == "setString"
            yield assigned(one["name"].word(), value, text=text) if value is not None else None


def _has_template(trees: list[YamlNode]) -> bool:
    places = [Cursor(tree) for tree in trees]
    while places:
        one = places.pop()
        if isinstance(one.node, Scalar) and "{{" in one.node.text:
            return True
        places += [*one.items(), *(inner for _, inner in one.entries())]
    return False
