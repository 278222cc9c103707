"""Where the level of a counter is taken for what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT
from imagelint.documents.promql.tree import (
    Aggregation,
    Binary,
    Call,
    Expression,
    Negation,
    Number,
    Selector,
    inner,
)
from imagelint.knowledge.serving.metrics import find_series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.promql.query import Query

_DECIDING = ("alert", "scaler")
_COMPARISONS = frozenset((">", "<", ">=", "<="))
_ADDING = frozenset(("sum", "avg", "max", "min", "topk", "bottomk", "quantile"))


def levels_of_counters(query: Query) -> Iterator[tuple[Selector, str]]:
    """The counters whose level since the start of a server decides, with what they are called."""
    if query.use not in _DECIDING:
        return
    for selector, around in query.selectors:
        series = find_series(selector.metric) if selector.metric else None
        counted = series is not None and series.exists and series.metric.type == "counter"
        if counted and selector.window is ABSENT and _decides(around, query.use):
            yield selector, selector.metric


def _decides(around: tuple[Expression, ...], use: str) -> bool:
    """Whether a level, or a sum of such, is compared with a number, or is itself the result."""
    for node in reversed(around):
        if isinstance(node, Binary):
            limits = (inner(node.left), inner(node.right))
            limited = any(isinstance(one, Number) and one.value for one in limits)
            return limited and node.operator in _COMPARISONS
        if isinstance(node, Call | Negation):
            return False
        if isinstance(node, Aggregation) and node.operator not in _ADDING:
            return False
    return use == "scaler"
