"""What became of the metrics that are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import PodPlace, routing
from imagelint.documents.promql.query import MetricUse
from imagelint.documents.promql.tree import Aggregation, Call
from imagelint.documents.queries.monitoring.histograms import drops_bounds
from imagelint.documents.queries.monitoring.servers import servers_of_engine
from imagelint.knowledge.serving.metrics import find_series, is_metric, served_metric
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
    versions = [
        one.engine_version.value
        for one in servers_of_engine(metric.exporter.engine, scope)
        if isinstance(one.engine_version, Known)
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
