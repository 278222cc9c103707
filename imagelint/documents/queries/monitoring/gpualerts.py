"""Alerts that rest on nothing but how busy, or how full, GPUs are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.landmarks import PodPlace, serving
from imagelint.documents.promql.recorded import ALERT
from imagelint.documents.promql.tree import Binary, Number, Selector, inner, nested
from imagelint.documents.queries.links.scope import same
from imagelint.documents.queries.monitoring.scalers import is_gpu_load, tells_only_load
from imagelint.documents.queries.monitoring.servers import servers_of_engine
from imagelint.documents.queries.monitoring.thresholds import conditions
from imagelint.knowledge.serving.metrics import engines_measuring, find_series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.promql.query import Query
    from imagelint.documents.promql.tree import Expression
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.serving.command import ServingCommand

# Engines that measure it generate.
_GENERATES = "itl"
_ABOVE, _BELOW = (">", ">="), ("<", "<=")
_FREE = "gpu_memory_free"
_NAMESPACES = ("namespace", "exported_namespace", "kubernetes_namespace")


def gpu_load_alert(query: Query) -> Selector | None:
    """What an alert asks first of the load of GPUs, where it asks for nothing else, and it is high.

    One that is raised when a GPU does nothing is about what it costs.
    """
    if query.use != ALERT or query.tree is None:
        return None
    asked = [one for one, _ in query.selectors]
    if not asked or not all(tells_only_load(one.metric) for one in asked):
        return None
    found = [asked for node in conditions(query.tree) for asked in _high(node)]
    return found[0] if found else None


def _high(node: Binary) -> Iterator[Selector]:
    """What is first in a comparison with a number, where it is asked whether the load is high."""
    side, number, way = node.left, inner(node.right), node.operator in _ABOVE
    if isinstance(inner(side), Number):
        side, number, way = node.right, inner(node.left), node.operator in _BELOW
    first = next(_selectors(side), None)
    series = find_series(first.metric) if first is not None else None
    if first is None or series is None or not isinstance(number, Number):
        return
    if is_gpu_load(first.metric) and way != (series.metric.meaning == _FREE):
        yield first


def _selectors(node: Expression) -> Iterator[Selector]:
    return (one for one, _ in nested(node) if isinstance(one, Selector))


def alerted_server(query: Query, scope: Scope) -> ServingCommand | None:
    """A model server in sight that generates on the GPUs which an alert may be about."""
    told = {
        one.value
        for selector, _ in query.selectors
        for one in map(selector.label, _NAMESPACES)
        if one is not None and one.operator == "=" and one.value is not None
    }
    for engine in engines_measuring(_GENERATES):
        if told and not _serves_in(told, engine, scope):
            continue
        for server in servers_of_engine(engine, scope):
            if not server.only_embeds:
                return server
    return None


def _serves_in(namespaces: set[str], engine: str, scope: Scope) -> bool:
    def fits(place: PodPlace) -> bool:
        return any(same(place.namespace, one) for one in namespaces)

    return bool(scope.nearest(serving(engine), PodPlace, fits).nodes)
