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
from imagelint.documents.gitops.values import plain
from imagelint.documents.kinds import kind_by_path
from imagelint.documents.kubernetes.kustomize.model import FILES
from imagelint.documents.kubernetes.references import object_named
from imagelint.documents.parts import Attachments
from imagelint.documents.project import beside
from imagelint.documents.rendering.rendered import GivenValues
from imagelint.run.rendering.globbed import parameters_below
from imagelint.run.rendering.kept import rendered_charts
from imagelint.run.rendering.renderings import Renderings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.gitops.applicationset import Folders
    from imagelint.documents.gitops.model import DeliverySource, ValuesObject
    from imagelint.documents.rendering.rendered import RenderedChart
    from imagelint.render.helm import ChartFiles, ChartValues, HelmEngine
    from imagelint.run.index import FileIndex
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
    wanted: list[_Wanted] = []
    problems: dict[str, list[Problem]] = {}
    for document in _documents(files, index):
        place = _Place(document, index)
        for source in sources_of(document, place.parameters):
            found = place.wanted(source) if len(wanted) < _MOST else None
            if isinstance(found, _Wanted):
                wanted.append(found)
            elif isinstance(found, Problem):
                problems.setdefault(document.source.origin, []).append(found)
            elif len(wanted) >= _MOST:
                told = _told(document, source, f"no more than {_MOST:,} are, in one run")
                problems.setdefault(document.source.origin, []).append(told)
    charts: dict[str, list[RenderedChart]] = {}
    for one, answer in _rendered(wanted, index, kept):
        origin = one.document.source.origin
        if isinstance(answer, Problem):
            problems.setdefault(origin, []).append(answer)
        else:
            charts.setdefault(origin, []).append(answer)
    return Renderings(
        charts={origin: tuple(made) for origin, made in charts.items()},
        problems={origin: tuple(dict.fromkeys(told)) for origin, told in problems.items()},
    )


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

    def wanted(self, source: DeliverySource) -> _Wanted | Problem | None:
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

    def _changed(self, source: DeliverySource, folder: str) -> Problem | None:
        """A folder of manifests: they are judged as they are, or as their kustomization builds."""
        if not source.changes:
            return None
        there = any(self._index.is_file(beside(f"{folder}/", name)) for name in FILES)
        made = "what its kustomization makes" if there else "its objects"
        fields = ", ".join(f"`{field}`" for field in source.changes)
        return self._problem(source, f"{fields} would change {made}, judged as they are written")

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
