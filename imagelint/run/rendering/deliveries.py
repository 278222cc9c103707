"""What Argo CD, Flux and helmfile deploy out of the repository, with the values that they give."""

from __future__ import annotations

import json
import os
from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.collect.files import FoundFile
from imagelint.collect.findup import root_of
from imagelint.core.digest import digest_of
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.deployment.renderings.helm import delivered_manifest, values_in
from imagelint.documents.base import DocumentError, Embedded
from imagelint.documents.gitops.model import Base
from imagelint.documents.gitops.reading import may_deliver, sources_of
from imagelint.documents.gitops.substitution import Variables
from imagelint.documents.gitops.values import plain
from imagelint.documents.kinds import kind_by_path
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.references import object_named
from imagelint.documents.parts import Attachments
from imagelint.documents.project import beside
from imagelint.documents.rendering.rendered import GivenValues
from imagelint.run.rendering import applied
from imagelint.run.rendering.globbed import parameters_below
from imagelint.run.rendering.kept import rendered_charts
from imagelint.run.rendering.renderings import Renderings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.gitops.applicationset import Folders
    from imagelint.documents.gitops.changes import Changes
    from imagelint.documents.gitops.model import DeliverySource, ValuesObject
    from imagelint.documents.rendering.rendered import RenderedChart
    from imagelint.render.helm import ChartFiles, ChartValues, HelmEngine
    from imagelint.run.reading.index import FileIndex
    from imagelint.run.rendering.kept import KeptRenderings

_MOST_AT_ONCE = 20  # of one chart, with one start of the engine
_MOST = 1_000  # in one run
_HELP = "render it where all of it is known, and check what comes of it: `imagelint check -`"


class _Wanted(NamedTuple):
    """One of the sources of a document, with its values as an engine takes them."""

    document: Document
    source: DeliverySource
    chart: str
    given: tuple[GivenValues, ...]
    values: ChartValues

    def problem(self, detail: str) -> Problem:
        return _told(self.document, self.source, detail)


def render(
    files: Iterable[FoundFile], index: FileIndex, kept: KeptRenderings | None = None
) -> Renderings:
    """Render every chart of the repository that something deploys, with its values."""
    told = _Told()
    wanted = tuple(_followed(files, index, told))
    changed = applied.render([one for one in wanted if not isinstance(one, _Wanted)], index)
    for folder, detail in changed.problems:
        told.add(_told(folder.document, folder.source, detail))
    charts: dict[str, list[RenderedChart]] = {}
    some = [one for one in wanted if isinstance(one, _Wanted)]
    for one, answer in _rendered(some, index, kept):
        if isinstance(answer, Problem):
            told.add(answer._replace(origin=one.document.source.origin))
        else:
            charts.setdefault(one.document.source.origin, []).append(answer)
    return changed.renderings + Renderings(
        charts={origin: tuple(made) for origin, made in charts.items()},
        problems={origin: tuple(found) for origin, found in told.items()},
        covered=frozenset(
            given.origin for made in charts.values() for one in made for given in one.given
        ),
    )


class _Told(dict[str, "dict[Problem, None]"]):
    """What cannot be examined, once each, by the file that says so."""

    def add(self, problem: Problem) -> None:
        self.setdefault(problem.origin, {})[problem] = None


def _followed(
    files: Iterable[FoundFile], index: FileIndex, told: _Told
) -> Iterator[_Wanted | applied.ChangedFolder]:
    """What is to be rendered; of the rest is told why not."""
    count = 0
    for document in _documents(files, index):
        place = _Place(document, index)
        for source in sources_of(document, place.parameters):
            if count >= _MOST:
                told.add(_told(document, source, f"no more than {_MOST:,} are, in one run"))
                continue
            found = place.wanted(source)
            if isinstance(found, Problem):
                told.add(found)
            elif found is not None:
                count += 1
                yield found


def _documents(files: Iterable[FoundFile], index: FileIndex) -> Iterator[Document]:
    for found in files:
        if kind_by_path(found.origin.lower()) != "helmfile":
            if not found.origin.endswith((".yaml", ".yml", ".json")):
                continue
            source = index.content(found).text.source
            if source is None or not may_deliver(source.text):
                continue
        try:
            document = index.document(found)
        except Exception:  # noqa: BLE001, S112 - a defect that is told where the file is examined
            continue
        if document is not None and not isinstance(document, Report):
            yield document


def _text_of(given: GivenValues) -> str:
    """The values as an engine takes them."""
    tree = values_in(given) if given.name else None
    return given.text if tree is None else json.dumps(plain(tree))


def _told(document: Document, source: DeliverySource, detail: str) -> Problem:
    message = f"what {source.title} deploys is not examined: {detail}"
    error = DocumentError(ProblemKind.UNREADABLE, message, source.span, _HELP)
    return error.problem(document.source)


class _Place:
    """Where a document lies, and what of the repository it names."""

    def __init__(self, document: Document, index: FileIndex) -> None:
        self._document = document
        self._index = index
        folder = dirname(document.source.origin) or os.curdir
        self._root = os.path.realpath(root_of(folder))
        above = os.path.relpath(self._root, os.path.realpath(folder)).replace(os.sep, "/")
        self._above = beside(document.source.origin, above)

    def parameters(self, folders: Folders) -> list[dict[str, str]]:
        """What a set says of the folders or the files that a generator names."""
        return parameters_below(self._root, self._above, folders, self._index)

    def wanted(self, source: DeliverySource) -> _Wanted | applied.ChangedFolder | Problem | None:
        """The chart of a source with its values; None where its files are judged by themselves."""
        if source.unread:
            return self._problem(source, source.unread)
        folder = self._at(source.path, source.base) if source.path else None
        if folder is None or not self._index.is_folder(folder):
            return self._problem(source, f"{source.shown} is not in this repository")
        chart = beside(f"{folder}/", "Chart.yaml")
        if not self._index.is_file(chart):
            return self._changed(source, folder)
        texts = self._given(source, folder)
        if isinstance(texts, Problem):
            return texts
        from imagelint.render.helm import ChartValues

        inline = (json.dumps(plain(tree)) for tree in source.inline)
        values = ChartValues(
            texts=(*map(_text_of, texts), *inline),
            release=source.name or "release",
            namespace=source.namespace or "default",
        )
        return _Wanted(self._document, source, chart, texts, values)

    def _changed(
        self, source: DeliverySource, folder: str
    ) -> applied.ChangedFolder | Problem | None:
        """A folder of manifests: they are judged as they are, or as they are changed."""
        changes = source.changes
        if changes is None or not changes.fields:
            return None
        if changes.unread:
            fields = ", ".join(f"`{field}`" for field in changes.unread)
            return self._problem(source, f"{fields} would change what it makes")
        tree = applied.tree_of(folder, changes, self._root, self._index)
        if isinstance(tree, str):
            return self._problem(source, tree)
        return applied.ChangedFolder(self._document, source, folder, tree, self._variables(changes))

    def _variables(self, changes: Changes) -> Variables:
        """What is filled in: of objects that are not in the run nobody knows what they hold."""
        values: dict[str, str] = {}
        complete = changes.substituted is not None
        for one in changes.objects:
            held = self._data_of(one)
            if held is None:  # it may hold any of those before it as well
                values, complete = {}, False
            else:
                values.update(held)
        written = dict(changes.substituted or ())
        # The Kustomization itself is made of a template: its values come from somewhere else.
        opened = {name for name, value in written.items() if "${" in value}
        values.update(written)
        values = {name: value for name, value in values.items() if name not in opened}
        return Variables(values, complete and not opened)

    def _data_of(self, values: ValuesObject) -> dict[str, str] | None:
        """What the only ConfigMap of the run holds that is called so."""
        key = object_named("ConfigMap", values.name)
        places = self._index.landmarks("kubernetes", key, values.name) if values.name else ()
        if values.kind != "ConfigMap" or len(places) != 1:
            return None
        document = self._index.document(FoundFile(places[0][0], places[0][0]))
        for obj in document.objects if isinstance(document, Manifest) else ():
            if obj.kind == "ConfigMap" and obj.name == values.name:
                return {name: one.word() for name, one in obj.body["data"].entries()}
        return None

    def _given(self, source: DeliverySource, folder: str) -> tuple[GivenValues, ...] | Problem:
        """The files of values, and those of the objects that hold some."""
        found: list[GivenValues] = []
        for file in source.files:
            inside = file.base is Base.CHART
            at = beside(f"{folder}/", file.path) if inside else self._at(file.path, file.base)
            text = self._text(at) if at else None
            if text is None and not file.optional:
                return self._problem(source, f"its values `{file.path}` are not there")
            if text is not None and at:
                found.append(GivenValues(at, text))
        for one in source.objects:
            held = self._held(one)
            if held is None:
                called = f"the {one.kind} `{one.name}`"
                return self._problem(source, f"the values in {called} are not known here")
            found.append(held)
        return tuple(found)

    def _held(self, values: ValuesObject) -> GivenValues | None:
        """The only ConfigMap of the run that is called so, where it has values."""
        key = object_named("ConfigMap", values.name)
        places = self._index.landmarks("kubernetes", key, values.name)
        if values.kind != "ConfigMap" or not values.name or len(places) != 1:
            return None
        text = self._text(places[0][0])
        held = text and GivenValues(places[0][0], text, values.name, values.key)
        return held if held and values_in(held) is not None else None

    def _text(self, origin: str) -> str | None:
        place = os.path.realpath(origin)
        if os.path.commonpath((self._root, place)) != self._root:
            return None
        if not self._index.is_file(origin):
            return None
        content = self._index.content(FoundFile(origin, origin, within=self._root))
        return content.text.source.text if content.text.source else None

    def _at(self, path: str, base: Base) -> str | None:
        """The origin of a path; None beyond the repository."""
        if "://" in path or "\n" in path or "::" in path:
            return None
        if base is Base.HERE:
            origin = beside(self._document.source.origin, path)
        else:
            origin = beside(f"{self._above}/", path.lstrip("/"))
        place = os.path.realpath(origin)
        return origin if os.path.commonpath((self._root, place)) == self._root else None

    def _problem(self, source: DeliverySource, detail: str) -> Problem:
        return _told(self._document, source, detail)


def _rendered(
    wanted: list[_Wanted], index: FileIndex, kept: KeptRenderings | None
) -> Iterator[tuple[_Wanted, RenderedChart | Problem]]:
    """What becomes of each, by chart."""
    by_chart: dict[str, list[_Wanted]] = {}
    for one in wanted:
        by_chart.setdefault(one.chart, []).append(one)
    if not by_chart:
        return
    from imagelint.render.helm import helm_engine

    engine = helm_engine(next(iter(by_chart)))
    for chart, some in by_chart.items():
        if isinstance(engine, Problem):
            yield from ((one, one.problem("nothing here can render charts")) for one in some)
            continue
        for at in range(0, len(some), _MOST_AT_ONCE):
            yield from _of_chart(chart, some[at : at + _MOST_AT_ONCE], (engine, index, kept))


def _of_chart(
    origin: str,
    some: list[_Wanted],
    using: tuple[HelmEngine, FileIndex, KeptRenderings | None],
) -> Iterator[tuple[_Wanted, RenderedChart | Problem]]:
    from imagelint.run.rendering.charts import chart_files

    engine, index, kept = using
    chart: ChartFiles | Problem = chart_files(origin, index)
    if isinstance(chart, Problem):
        yield from ((one, one.problem(chart.detail)) for one in some)
        return
    answers = rendered_charts(engine, chart, [one.values for one in some], origin, kept)
    for one, answer in zip(some, answers, strict=True):
        if isinstance(answer, Problem):
            yield one, one.problem(answer.detail)
        else:
            named = digest_of(answer.key, origin, *(given.origin for given in one.given))
            key = named if answer.key else ""
            yield (
                one,
                answer._replace(chart=origin, source=one.source, given=one.given, key=key),
            )


def delivered(
    document: Document, made: tuple[RenderedChart, ...]
) -> tuple[Document, list[Problem]]:
    """A document with the objects that it deploys as parts of it."""
    problems: list[Problem] = []
    whole = document.attach(Attachments())
    for one in made:
        if one.source is None:
            continue
        try:
            inner = delivered_manifest(document, one, one.source)
        except DocumentError as error:
            detail = f"what it makes cannot be read: {error.message}"
            problems.append(_told(document, one.source, detail))
        else:
            whole.embedded = (*whole.embedded, Embedded(inner))
    return whole, problems
