"""What the charts of a run make, with each of their files of values."""

from __future__ import annotations

import os
from posixpath import basename, dirname, join
from typing import TYPE_CHECKING

from imagelint.collect.findup import root_of
from imagelint.collect.read import decode
from imagelint.core.pattern import pattern
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.base import DocumentError, Embedded
from imagelint.documents.gitops.reading import delivered_kind
from imagelint.documents.parts import Attachments
from imagelint.documents.project import beside
from imagelint.documents.rendering.chart import Chart
from imagelint.run.rendering.kept import rendered_charts
from imagelint.run.rendering.renderings import NO_RENDERINGS, Renderings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.collect.files import FoundFile
    from imagelint.documents.base import Document
    from imagelint.documents.rendering.rendered import RenderedChart
    from imagelint.render.helm import ChartFiles, ChartValues, HelmEngine
    from imagelint.run.reading.index import FileIndex
    from imagelint.run.rendering.kept import KeptRenderings

# By custom: https://helm.sh/docs/topics/charts/, and `ci/` of helm/chart-testing.
_VALUES = pattern(
    r"values[._-][\w.-]+\.ya?ml|[\w.-]+[._-]values\.ya?ml|(?:ci|values)/[\w.-]+\.ya?ml"
)
# https://helm.sh/docs/chart_template_guide/named_templates/#partials-and-_-files
_PART = pattern(r"/_[^/]*$|\.(?:tpl|txt)$")
_MOST_VALUES = 20  # of one chart
_MOST_CHARTS = 500


def render(
    files: Iterable[FoundFile],
    index: FileIndex,
    earlier: Renderings = NO_RENDERINGS,
    kept: KeptRenderings | None = None,
) -> Renderings:
    """Render every chart that is not a part of another, or only a library.

    What is rendered `earlier` is of the same files, but for those for which the index has others.
    """
    charts: dict[str, Chart] = {}
    for found in files:
        if basename(found.origin) == "Chart.yaml":
            document = index.document(found)
            if isinstance(document, Chart) and not document.library:
                charts[found.origin] = document
    outer = [origin for origin in charts if not _is_inside(origin, charts)]
    if not outer:
        return NO_RENDERINGS
    from imagelint.render.helm import helm_engine

    engine = helm_engine(outer[0])
    if isinstance(engine, Problem):
        return Renderings(problems={outer[0]: (engine,)})
    found_all = NO_RENDERINGS
    for origin in outer[:_MOST_CHARTS]:
        same = origin in earlier.charts and next(index.below(dirname(origin)), None) is None
        if same:
            found_all += earlier.within(dirname(origin))
        else:
            found_all += _of_chart(origin, engine, index, kept)
    detail = f"is not rendered: no more than {_MOST_CHARTS:,} charts are, in one run"
    rest = {
        origin: (Problem(ProblemKind.TOO_LARGE, origin, detail),) for origin in outer[_MOST_CHARTS:]
    }
    return found_all + Renderings(problems=rest)


def _is_inside(origin: str, charts: dict[str, Chart]) -> bool:
    """Whether a chart lies in the folder `charts` of another one."""
    folder = dirname(dirname(origin))
    return basename(folder) == "charts" and join(dirname(folder), "Chart.yaml") in charts


def _of_chart(
    origin: str, engine: HelmEngine, index: FileIndex, kept: KeptRenderings | None
) -> Renderings:
    from imagelint.render.helm import ChartValues

    chart = chart_files(origin, index)
    if isinstance(chart, Problem):
        return Renderings(problems={origin: (chart,)})
    chosen = [ChartValues(name, (chart.texts[name],) if name else ()) for name in _values(chart)]
    answers = rendered_charts(engine, chart, chosen, origin, kept)
    problems = tuple(_failures(chosen, answers))
    if len(_others(chart)) > _MOST_VALUES:
        detail = f"is rendered with {_MOST_VALUES} of its {len(_others(chart))} files of values"
        problems += (Problem(ProblemKind.TOO_LARGE, origin, detail),)
    made = tuple(one for one in answers if not isinstance(one, Problem))
    problems += tuple(_delivering(origin, made))
    from imagelint.run.rendering.dependencies import missing_dependencies

    names_of_values = tuple(one.name for one in chosen)
    problems += tuple(missing_dependencies(chart.texts, names_of_values, origin))
    names = {name for name in chart.templates if made}
    # What parts hold is seen in what takes them.
    parts = {name for name in names if _PART.search(name)}
    used = parts | {file.template for one in made for file in one.files}
    covered = frozenset(beside(origin, name) for name in names & used)
    return Renderings(
        charts={origin: made} if made else {},
        problems={origin: tuple(dict.fromkeys(problems))} if problems else {},
        covered=covered,
        empty=frozenset(beside(origin, name) for name in names - used),
    )


def _failures(
    chosen: Iterable[ChartValues], answers: Iterable[RenderedChart | Problem]
) -> Iterator[Problem]:
    """What could not be rendered, one problem for each reason."""
    by_reason: dict[tuple[str, ...], list[Problem]] = {}
    for values, answer in zip(chosen, answers, strict=True):
        if isinstance(answer, Problem):
            reason = answer.detail.replace(f" with `{values.name}`", "", 1)
            by_reason.setdefault((answer.kind.value, reason), []).append(answer)
    for first, *others in by_reason.values():
        files = f"{len(others)} other file{'s' if len(others) > 1 else ''} of values"
        detail = f"{first.detail} (nor with {files})" if others else first.detail
        yield first._replace(detail=detail)


def _delivering(origin: str, made: tuple[RenderedChart, ...]) -> Iterator[Problem]:
    """What a chart hands on to Argo CD or Flux is not followed."""
    for template in dict.fromkeys(file.template for one in made for file in one.files):
        texts = (file.text for one in made for file in one.files if file.template == template)
        kind = next(filter(None, map(delivered_kind, texts)), "")
        if kind:
            detail = f"what the {kind} that `{template}` makes deploys is not examined"
            yield Problem(ProblemKind.UNREADABLE, origin, detail)


def chart_files(origin: str, index: FileIndex) -> ChartFiles | Problem:
    """The files of the chart whose `Chart.yaml` has an origin."""
    from imagelint.render.helm import ChartFiles

    folder = os.path.realpath(dirname(origin) or ".")
    within = os.path.realpath(root_of(dirname(origin) or "."))
    chart = ChartFiles.read(folder, origin, within)
    if isinstance(chart, Problem):
        return chart
    return chart._replace(texts=_instead(chart.texts, dirname(origin), index))


def _instead(texts: Mapping[str, str], folder: str, index: FileIndex) -> Mapping[str, str]:
    """The texts of a chart, with those that stand for others, or for none."""
    found = dict(texts)
    for origin, data in index.below(folder):
        name = origin.removeprefix(f"{folder}/") if folder else origin
        found.pop(name, None)
        source = decode(data, origin).source if data is not None else None
        if source is not None:
            found[name] = source.text
    return found


def _values(chart: ChartFiles) -> tuple[str, ...]:
    """The files of values that a chart is rendered with: its own first."""
    return ("", *_others(chart)[:_MOST_VALUES])


def _others(chart: ChartFiles) -> list[str]:
    return sorted(name for name in chart.texts if _VALUES.fullmatch(name))


def rendered(document: Chart, made: tuple[RenderedChart, ...]) -> tuple[Document, list[Problem]]:
    """A chart with the objects that it makes as parts of it."""
    from imagelint.deployment.renderings.helm import rendered_manifest

    problems: list[Problem] = []
    whole = document.attach(Attachments())
    for one in made:
        try:
            whole.embedded = (*whole.embedded, Embedded(rendered_manifest(document, one)))
        except DocumentError as error:
            named = f" with `{one.values}`" if one.values else ""
            detail = f"what it makes{named} cannot be read: {error.message}"
            problems.append(Problem(error.kind, document.source.origin, detail))
    return whole, problems
