"""Alerts that one sample of a gauge raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT
from imagelint.documents.promql.tree import (
    Aggregation,
    Binary,
    Expression,
    Group,
    Number,
    Selector,
    nested,
)
from imagelint.documents.queries.monitoring.thresholds import conditions
from imagelint.knowledge.serving.metrics import find_series

if TYPE_CHECKING:
    from imagelint.documents.promql.query import Query

# What moves with each request that comes or ends; a server that is gone is no matter of moments.
_MOVING = frozenset(("waiting", "kv_use"))
_OF_A_MOMENT = (Aggregation, Binary, Group, Number, Selector)


def sudden_gauge(query: Query) -> Selector | None:
    """The gauge that a query compares as it is now, if it asks for nothing over a time."""
    if query.tree is None or not all(_is_of_now(one) for one, _ in nested(query.tree)):
        return None
    found = [
        one
        for node in conditions(query.tree)
        for one, _ in nested(node)
        if isinstance(one, Selector)
    ]
    return found[0] if found and all(map(_moves, found)) else None


def _is_of_now(node: Expression) -> bool:
    return isinstance(node, _OF_A_MOMENT) and getattr(node, "window", ABSENT) is ABSENT


def _moves(selector: Selector) -> bool:
    series = find_series(selector.metric) if selector.metric else None
    if series is not None and series.metric.gone and series.metric.instead:
        series = find_series(series.metric.instead)
    return series is not None and not series.suffix and series.metric.meaning in _MOVING
