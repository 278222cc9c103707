"""What is wrong with an expression by the types and the units of the metrics in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.promql.tree import (
    Aggregation,
    Binary,
    Call,
    Expression,
    Number,
    Place,
    Selector,
    inner,
)
from imagelint.knowledge.serving.metrics import find_series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.promql.query import Query
    from imagelint.knowledge.serving.metrics import Series

_COMPARISONS = {">": ">", "<": "<", ">=": ">", "<=": "<"}
_TURNED = {">": "<", "<": ">"}
_HUNDRED = 100.0
# What comes of these is of the unit of what they are given, and as large.
_KEEPING = frozenset(("avg", "max", "min", "quantile", "topk", "bottomk"))
_KEEPING_OVER_TIME = frozenset(
    {"avg_over_time", "max_over_time", "min_over_time", "last_over_time", "quantile_over_time"}
    | {"sort", "sort_desc", "scalar", "abs", "clamp_min", "clamp_max", "label_replace"}
)
_RATES = frozenset(("rate", "irate", "increase"))


class MistakenShare(NamedTuple):
    """A number with which a share of another scale is compared, and the number that is meant.

    `unit` is that of the metric, `ratio` or `percent`, `outcome` what the comparison always is.
    """

    place: Place
    metric: str
    unit: str
    value: float
    meant: float
    outcome: str


def mistaken_shares(query: Query) -> Iterator[MistakenShare]:
    """The numbers of another scale than what they are compared with."""
    for node, _ in query.parts:
        if not isinstance(node, Binary) or node.operator not in _COMPARISONS:
            continue
        side = _COMPARISONS[node.operator]
        left, right = inner(node.left), inner(node.right)
        for share, number, way in ((left, right, side), (right, left, _TURNED[side])):
            if isinstance(number, Number) and number.known:
                yield from _mistaken(share, number, way)


def _mistaken(share: Expression, number: Number, way: str) -> Iterator[MistakenShare]:
    metric, unit = share_of(share)
    value = number.value
    if unit == "ratio" and 1 < value <= _HUNDRED:
        outcome = "never above" if way == ">" else "always below"
        yield MistakenShare(number.place, metric, unit, value, value / _HUNDRED, outcome)
    elif unit == "percent" and 0 < value < 1:
        outcome = "nearly always above" if way == ">" else "nearly never below"
        yield MistakenShare(number.place, metric, unit, value, value * _HUNDRED, outcome)


def share_of(node: Expression) -> tuple[str, str]:
    """The metric of which an expression has the scale, and its unit; empty where it has none."""
    node = inner(node)
    while not isinstance(node, Selector):
        if isinstance(node, Aggregation) and node.operator in _KEEPING:
            node = inner(node.operand)
        elif isinstance(node, Call) and node.function.lower() in _KEEPING_OVER_TIME:
            kept = [one for one in node.arguments if not isinstance(inner(one), Number)]
            if not kept:
                return "", ""
            node = inner(kept[0])
        else:
            return "", ""
    series = find_series(node.metric) if node.metric else None
    if series is None or series.suffix or series.metric.type != "gauge":
        return "", ""
    return series.metric.name, series.metric.unit


def rated_gauges(query: Query) -> Iterator[tuple[Call, str]]:
    """The functions for counters whose argument is a gauge, with its name."""
    for node, _ in query.parts:
        if isinstance(node, Call) and node.function.lower() in _RATES:
            series = _series(node.arguments[0])
            if series is not None and series.exists and series.metric.type == "gauge":
                yield node, series.metric.name


def _series(node: Expression) -> Series | None:
    node = inner(node)
    return find_series(node.metric) if isinstance(node, Selector) and node.metric else None
