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
    Subquery,
    inner,
    nested,
)
from imagelint.knowledge.serving.metrics import find_series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.promql.query import Query
    from imagelint.knowledge.serving.metrics import Series

    Recorded = Callable[[str], Expression | None]

_COMPARISONS = {">": ">", "<": "<", ">=": ">", "<=": "<"}
_TURNED = {">": "<", "<": ">"}
_HUNDRED = 100.0
# What comes of these is of the unit of what they are given, and as large.
_KEEPING = frozenset(("avg", "max", "min", "quantile", "topk", "bottomk"))
_KEEPING_OVER_TIME = frozenset(
    {"avg_over_time", "max_over_time", "min_over_time", "last_over_time", "quantile_over_time"}
    | {"sort", "sort_desc", "scalar", "abs", "clamp_min", "clamp_max", "label_replace"}
)
_SHARES = ("ratio", "percent")
_SCALED = {
    ("*", _HUNDRED, "ratio"): "percent",
    ("/", _HUNDRED, "percent"): "ratio",
    ("-", 1.0, "ratio"): "ratio",
    ("-", _HUNDRED, "percent"): "percent",
}
# What is recorded of what is recorded, and functions of functions.
_DEEPEST = 64
_RATES = frozenset(("rate", "irate", "increase"))


class MistakenShare(NamedTuple):
    """A number with which a share of another scale is compared, and the number that is meant.

    `share` is what is compared with it, `unit` of which kind that is, `ratio` or `percent`,
    `outcome` what the comparison always is.
    """

    place: Place
    share: str
    unit: str
    value: float
    meant: float
    outcome: str


def mistaken_shares(query: Query, recorded: Recorded) -> Iterator[MistakenShare]:
    """The numbers of another scale than what they are compared with."""
    for node, _ in query.parts:
        if not isinstance(node, Binary) or node.operator not in _COMPARISONS:
            continue
        side = _COMPARISONS[node.operator]
        left, right = inner(node.left), inner(node.right)
        for share, number, way in ((left, right, side), (right, left, _TURNED[side])):
            if not isinstance(number, Number) or not number.known:
                continue
            unit = share_of(share, recorded)
            found = mistaken_number(unit, number.value, way)
            if found is not None:
                told = _called(share) or query.written(share.place)
                yield MistakenShare(number.place, told, unit, number.value, *found)


def mistaken_number(unit: str, value: float, way: str = ">") -> tuple[float, str] | None:
    """What is meant by a number of another scale than a unit, and what comparing with it gives."""
    if unit == "ratio" and 1 < value <= _HUNDRED:
        return value / _HUNDRED, "never above" if way == ">" else "always below"
    if unit == "percent" and 0 < value < 1:
        outcome = "nearly always above" if way == ">" else "nearly never below"
        return value * _HUNDRED, outcome
    return None


def _called(node: Expression) -> str:
    """The metric, or what is recorded, of which an expression is; empty where it computes."""
    names = {one.metric for one, _ in nested(node) if isinstance(one, Selector)}
    kept = all(type(one) is not Binary for one, _ in nested(node))
    return names.pop() if kept and len(names) == 1 else ""


def share_of(node: Expression, recorded: Recorded, depth: int = 0) -> str:
    """The unit of a share, `ratio` or `percent`; empty where it is none, or not known.

    `recorded` gives what the rules of the run record under a name.
    """
    node = inner(node)
    if depth > _DEEPEST:
        return ""
    if isinstance(node, Selector):
        return _share_of_series(node, recorded, depth)
    if isinstance(node, Binary):
        return _share_of_pair(node, recorded, depth + 1)
    if isinstance(node, Aggregation) and node.operator in _KEEPING:
        return share_of(node.operand, recorded, depth + 1)
    if isinstance(node, Call) and node.function.lower() in _KEEPING_OVER_TIME:
        kept = [one for one in node.arguments if not isinstance(inner(one), Number)]
        return share_of(kept[0], recorded, depth + 1) if kept else ""
    if isinstance(node, Subquery):
        return share_of(node.operand, recorded, depth + 1)
    return ""


def summed_share_of(node: Expression, recorded: Recorded) -> str:
    """The unit of the shares that an expression adds up to one number; empty where it does not."""
    node = inner(node)
    if isinstance(node, Binary):
        left, right = inner(node.left), inner(node.right)
        if isinstance(left, Number) and node.operator == "*":
            return _scaled(node.operator, left, summed_share_of(right, recorded))
        if isinstance(right, Number) and node.operator in ("*", "/"):
            return _scaled(node.operator, right, summed_share_of(left, recorded))
        return ""
    if not isinstance(node, Aggregation) or node.operator != "sum":
        return ""
    return share_of(node.operand, recorded)


def of_one_series(node: Expression) -> Selector | None:
    """What selects the series of which an expression has one, or is between them; else None."""
    node = inner(node)
    while isinstance(node, Aggregation | Call | Subquery):
        if isinstance(node, Aggregation):
            kept = [node.operand] if node.operator in _KEEPING else []
        elif isinstance(node, Subquery):
            kept = [node.operand]
        elif node.function.lower() in _KEEPING_OVER_TIME:
            kept = [one for one in node.arguments if not isinstance(inner(one), Number)]
        else:
            kept = []
        if not kept:
            return None
        node = inner(kept[0])
    return node if isinstance(node, Selector) else None


def _share_of_series(node: Selector, recorded: Recorded, depth: int) -> str:
    series = find_series(node.metric) if node.metric else None
    if series is None:
        made = recorded(node.metric) if node.metric else None
        return "" if made is None else share_of(made, recorded, depth + 1)
    if series.suffix or series.metric.type != "gauge":
        return ""
    return series.metric.unit if series.metric.unit in _SHARES else ""


def _share_of_pair(node: Binary, recorded: Recorded, depth: int) -> str:
    """A hundred times a share, a hundredth of it, and what is missing to all of it, are shares."""
    left, right = inner(node.left), inner(node.right)
    if isinstance(left, Number) and left.known and node.operator in ("*", "-"):
        return _scaled(node.operator, left, share_of(right, recorded, depth))
    if isinstance(right, Number) and right.known and node.operator in ("*", "/"):
        return _scaled(node.operator, right, share_of(left, recorded, depth))
    return ""


def _scaled(operator: str, number: Number, unit: str) -> str:
    return _SCALED.get((operator, number.value, unit), "")


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
