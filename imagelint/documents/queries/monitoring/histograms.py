"""Whether quantiles are taken of histograms, and rightly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT
from imagelint.core.record import NamedTuple
from imagelint.documents.promql.tree import (
    Aggregation,
    Call,
    Expression,
    Number,
    Selector,
    inner,
)
from imagelint.knowledge.serving.metrics import find_series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.promql.query import Query

_QUANTILE = "histogram_quantile"
_BOUND = "le"
# https://docs.victoriametrics.com/keyconcepts/#histogram: buckets of VictoriaMetrics' own form.
_RANGE = "vmrange"
_BUCKET = "_bucket"
_KEPT = ("histogram", "varies")


class Quantile(NamedTuple):
    """A quantile, and the series of which it is taken, through what is made of them.

    `steps` are the functions and aggregations between them, the outer ones first.
    """

    call: Call
    share: Expression
    series: Selector
    steps: tuple[Call | Aggregation, ...]

    @property
    def is_classic(self) -> bool:
        """Whether it is of a histogram in series of its own: one for each bucket."""
        return self.series.metric.endswith(_BUCKET)

    @property
    def is_of_rates(self) -> bool:
        """Whether what fell into the buckets in a time counts, not since the server's start."""
        return self.series.window is not ABSENT or any(type(one) is Call for one in self.steps)

    @property
    def bound_dropped(self) -> Aggregation | None:
        """The aggregation that puts the buckets together; None where they stay apart."""
        for one in self.steps:
            if isinstance(one, Aggregation) and drops_bounds(one):
                return one
        return None

    @property
    def type(self) -> str:
        """What the metric is instead of a histogram; empty where it is one, or not known."""
        found = find_series(self.series.metric) if self.series.metric else None
        if found is None or (found.metric.type in _KEPT and found.suffix in ("", _BUCKET)):
            return ""
        if found.metric.type == "histogram":
            return f"the `{found.suffix}` of a histogram"
        return f"a {found.metric.type}"

    @property
    def percent(self) -> float | None:
        """The share where it is above 1 or below 0; None where it is right, or not known."""
        share = inner(self.share)
        if not isinstance(share, Number) or not share.known or 0 <= share.value <= 1:
            return None
        return share.value


def quantiles(query: Query) -> Iterator[Quantile]:
    """The quantiles of histograms in a query of which it can be told what they are taken of."""
    for node, _ in query.parts:
        if isinstance(node, Call) and node.function.lower() == _QUANTILE:
            found = followed(node)
            if found is not None:
                yield found


def followed(call: Call) -> Quantile | None:
    """The quantile that a call takes; None where it cannot be told of what."""
    steps: list[Call | Aggregation] = []
    node = inner(call.arguments[1])
    while not isinstance(node, Selector):
        if isinstance(node, Aggregation):
            steps.append(node)
            node = inner(node.operand)
        elif isinstance(node, Call) and len(node.arguments) == 1:
            steps.append(node)
            node = inner(node.arguments[0])
        else:
            return None
    return Quantile(call, call.arguments[0], node, tuple(steps))


def drops_bounds(one: Aggregation) -> bool:
    """Whether an aggregation drops the label by which buckets are told apart."""
    grouping = one.grouping
    if grouping is None:
        return True
    if "" in grouping.labels:
        return False  # a variable may be it
    if grouping.keeps and _RANGE in grouping.labels:
        return False
    return grouping.keeps is not (_BOUND in grouping.labels)
