"""What of an expression are seconds, and numbers beside it that can only be milliseconds."""

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
from imagelint.documents.queries.monitoring.histograms import followed
from imagelint.knowledge.serving.metrics import find_series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.promql.query import Query
    from imagelint.documents.queries.monitoring.expressions import Recorded
    from imagelint.knowledge.serving.metrics import Metric

_COMPARISONS = (">", "<", ">=", "<=")
_QUANTILE = "histogram_quantile"
_RATES = ("rate", "irate", "increase")
_KEEPING = ("avg", "max", "min")
_DEEPEST = 64
MINUTES = frozenset(60.0 * many for many in (2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60))
"""Seconds that are meant as they stand, in whole minutes, for a batch that nobody waits for."""
# Nobody waits so many seconds for each of them: from there on a number is one of milliseconds.
_LEAST = {"ttft": 100.0, "itl": 10.0, "e2e": 4000.0, "queue_time": 4000.0}


class MistakenTime(NamedTuple):
    """A number that is compared with seconds of a metric, and can only be of milliseconds."""

    place: Place
    metric: str
    value: float


def mistaken_times(query: Query, recorded: Recorded) -> Iterator[MistakenTime]:
    """The numbers in a query that are milliseconds beside seconds."""
    for node, _ in query.parts:
        if not isinstance(node, Binary) or node.operator not in _COMPARISONS:
            continue
        left, right = inner(node.left), inner(node.right)
        for time, number in ((left, right), (right, left)):
            if not isinstance(number, Number) or not number.known:
                continue
            metric = mistaken_seconds(time, number.value, recorded)
            if metric:
                yield MistakenTime(number.place, metric, number.value)


def mistaken_seconds(
    node: Expression | None, value: float, recorded: Recorded, minutes: frozenset[float] = MINUTES
) -> str:
    """The metric whose seconds a number cannot be; empty where it may be, or nothing is known.

    `minutes` are numbers that may be meant in any case: what judges a canary has none, as it asks
    again after a minute or two.
    """
    metric = None if node is None else seconds_of(node, recorded)
    if metric is None or value < _LEAST.get(metric.meaning, float("inf")):
        return ""
    return "" if value in minutes else metric.name


def seconds_of(node: Expression, recorded: Recorded) -> Metric | None:
    """The metric of which an expression is a quantile or an average, in seconds."""
    node = inner(node)
    for _ in range(_DEEPEST):
        if isinstance(node, Aggregation) and node.operator in _KEEPING:
            node = inner(node.operand)
            continue
        made = recorded(node.metric) if isinstance(node, Selector) and node.metric else None
        if made is None:
            break
        node = inner(made)
    if isinstance(node, Call) and node.function.lower() == _QUANTILE:
        quantile = followed(node)
        return None if quantile is None else _timed(quantile.series, ("", "_bucket"), recorded)
    if isinstance(node, Binary) and node.operator == "/":
        above, below = (
            _timed(_summed(node.left), ("_sum",), recorded),
            _timed(_summed(node.right), ("_count",), recorded),
        )
        return above if above is not None and above == below else None
    return None


def _summed(node: Expression) -> Selector | None:
    """The series whose growth is added up."""
    node = inner(node)
    if isinstance(node, Aggregation) and node.operator == "sum":
        node = inner(node.operand)
    if isinstance(node, Call) and node.function.lower() in _RATES:
        node = inner(node.arguments[0])
        return node if isinstance(node, Selector) else None
    return None


def _timed(series: Selector | None, parts: tuple[str, ...], recorded: Recorded) -> Metric | None:
    found = None if series is None or not series.metric else find_series(series.metric)
    if found is None and series is not None and series.metric:
        shown = recorded(series.metric)  # what an engine shows under a name without prefix
        found = find_series(shown.metric) if isinstance(shown, Selector) else None
    if found is None or found.suffix not in parts or found.metric.unit != "seconds":
        return None
    return found.metric if found.metric.type == "histogram" else None
