"""What became of the metrics that are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import PodPlace, routing
from imagelint.documents.promql.query import MetricUse
from imagelint.documents.promql.tree import Aggregation, Call
from imagelint.documents.queries.monitoring.histograms import drops_bounds
from imagelint.documents.queries.monitoring.servers import servers_of_engine
from imagelint.knowledge.serving.metrics import (
    exporter_of,
    find_series,
    is_metric,
    near_metric,
    served_metric,
)
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.documents.base import Document
    from imagelint.documents.promql.query import Query
    from imagelint.documents.promql.tree import Expression
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.runtime.field import Place
    from imagelint.knowledge.serving.metrics import Metric

_NATIVE = "histogram_"
# Labels of what a router shows of the servers behind it, and of what these show of themselves.
_OF_ROUTER, _OF_ENGINE = "server", "model_name"
_QUANTILE = "histogram_quantile"
_MOST_TOLD = 3


class Removal(NamedTuple):
    """A metric that is gone.

    `title` is what no longer has it, `since` the release (`yes`: not known which), `instead` what
    took its place: with `renamed` that is a series of the same type and unit, else `unit` is its
    own where that differs. `certain` tells that the servers in sight whose release is known are all
    so new.
    """

    title: str
    since: str
    instead: str
    renamed: bool
    unit: str
    certain: bool


class Unknown(NamedTuple):
    """A metric that servers do not have: of which engine, their releases, and which has it first.

    `since` is empty where none of those that were read has it.
    """

    title: str
    versions: str
    since: str


class Unsaid(NamedTuple):
    """A metric that is kept under other names: its type, and those names."""

    type: str
    series: tuple[str, ...]


def written_with_underscore(query: Query) -> Iterator[tuple[Place, str, str]]:
    """The metrics that are asked for with `_` in place of the colon: place, name, what is meant."""
    for selector, _ in query.selectors:
        name = selector.metric
        meant = "" if not name or is_metric(name) else served_metric(name)
        if meant:
            yield query.at(selector.name), name, meant


def removal(use: MetricUse, document: Document, scope: Scope) -> Removal | None:
    """What became of a metric; None where it is there, or servers in sight still have it."""
    series = find_series(use.name)
    if series is None or not series.metric.gone:
        return None
    metric = series.metric
    if metric.router and _asks_router(use, document, scope):
        return None
    servers = servers_of_engine(metric.exporter.engine, scope)
    if metric.kept_by and any(one.switch(metric.kept_by) is not ABSENT for one in servers):
        return None
    versions = [
        one.engine_version.value for one in servers if isinstance(one.engine_version, Known)
    ]
    without = {at_least(version, metric.gone) for version in versions}
    if versions and True not in without and None not in without:
        return None
    now = find_series(metric.instead)
    renamed, unit, instead = False, "", metric.instead
    if now is not None and not now.suffix:
        instead = f"{metric.instead}{series.suffix}"
        unit = "" if now.metric.unit == metric.unit else now.metric.unit
        renamed = now.metric.type == metric.type and not unit
    certain = bool(versions) and without == {True}
    return Removal(metric.exporter.title, metric.gone, instead, renamed, unit, certain)


def unknown_to_servers(use: MetricUse, scope: Scope) -> Unknown | None:
    """Why no server in sight has a metric; None where one may, or none is seen with its release."""
    if use.query is None and not use.exact:
        return None
    series = find_series(use.name)
    exporter = exporter_of(use.name) if series is None else series.metric.exporter
    if exporter is None or not exporter.engine or use.name.startswith(exporter.open):
        return None
    if series is not None and (not series.metric.since or not series.exists):
        return None
    versions = _versions(exporter.engine, scope)
    if not versions:
        return None
    shown = ", ".join(tuple(dict.fromkeys(versions))[:_MOST_TOLD])
    if series is not None:
        older = all(at_least(one, series.metric.since) is False for one in versions)
        return Unknown(exporter.title, shown, series.metric.since) if older else None
    if use.name.count(":") > 1 or not exporter.read or near_metric(use.name):
        return None  # a name of what is recorded, or a misspelt one
    if next(scope.anywhere(routing(), PodPlace), None) is not None:
        return None
    first, last = exporter.read
    known = all(at_least(one, first) and at_least(last, one) for one in versions)
    return Unknown(exporter.title, shown, "") if known else None


def _versions(engine: str, scope: Scope) -> tuple[str, ...]:
    """The releases of the servers of an engine; none where one is not known."""
    found = [one.engine_version for one in servers_of_engine(engine, scope)]
    known = [one.value for one in found if isinstance(one, Known)]
    return tuple(known) if len(known) == len(found) else ()


def _asks_router(use: MetricUse, document: Document, scope: Scope) -> bool:
    """Whether it may be the engine's router that is asked, which still shows a metric.

    That has series by `server`, those of the engine itself have the name of the model.
    """
    selectors = use.query.selectors if use.query is not None else ()
    asked = [one for one, _ in selectors if one.metric == use.name]
    if any(one.label(_OF_ENGINE) for one in asked):
        return False
    if any(one.label(_OF_ROUTER) for one in asked) or document.derived(_is_about_router):
        return True
    return next(scope.anywhere(routing(), PodPlace), None) is not None


def _is_about_router(document: Document) -> bool:
    """Whether a document asks for something that nothing but a router shows."""
    found = (find_series(use.name) for use in document.nodes_of(MetricUse))
    return any(one is not None and one.metric.router == "only" for one in found)


def asks_for(use: MetricUse, name: str) -> bool:
    """Whether the query of which a metric is a part asks for another one as well."""
    return use.query is not None and any(one.metric == name for one, _ in use.query.selectors)


def nameless_series(use: MetricUse) -> Unsaid | None:
    """The names under which a metric is kept that is asked for by another; None where it is not."""
    series = find_series(use.name)
    if series is None or series.exists or series.metric.gone:
        return None
    if not series.suffix and _is_native(use):
        return None
    return Unsaid(series.metric.type, _asked_series(series.metric))


def _asked_series(metric: Metric) -> tuple[str, ...]:
    return tuple(one for one in metric.series if not one.endswith("_created"))


def _is_native(use: MetricUse) -> bool:
    """Whether a function for native histograms is asked, which have no suffix.

    The quantile is for both kinds: only a native histogram still has one without its buckets' `le`.
    """
    if use.query is None:
        return False
    return any(
        _is_for_native(around)
        for selector, around in use.query.selectors
        if selector.metric == use.name
    )


def _is_for_native(around: Sequence[Expression]) -> bool:
    asked = {one.function for one in around if isinstance(one, Call)}
    if any(name.startswith(_NATIVE) and name != _QUANTILE for name in asked):
        return True
    aggregated = (one for one in around if isinstance(one, Aggregation))
    return _QUANTILE in asked and any(map(drops_bounds, aggregated))
