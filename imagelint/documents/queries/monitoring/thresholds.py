"""What the thresholds of autoscalers are thresholds of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import metric_template
from imagelint.documents.promql.tree import Aggregation, Binary, Number, inner, nested
from imagelint.documents.promql.trigger import (
    JudgingTemplate,
    MetricThreshold,
    PrometheusTrigger,
    ResultBound,
)
from imagelint.documents.queries.links.scope import same
from imagelint.documents.queries.monitoring.expressions import (
    mistaken_number,
    of_one_series,
    share_of,
    summed_share_of,
)
from imagelint.documents.queries.monitoring.scalers import waiting_metric
from imagelint.knowledge.serving.metrics import (
    find_series,
    metric_meaning,
    served_metric,
    short_metrics,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.promql.query import Query
    from imagelint.documents.promql.tree import Expression, Place
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.queries.monitoring.expressions import Recorded
    from imagelint.documents.runtime.field import Field
    from imagelint.knowledge.serving.metrics import Metric

    Served = Callable[[str], str]

_WHOLE = {"ratio": 1.0, "percent": 100.0}
# What servers give all their series: a sum by them is one over replicas.
_OF_MODELS = frozenset(("model_name", "model"))
_WAITING = frozenset(("waiting",))
_ABOVE = (">", ">=")
_BELOW = ("<", "<=")
# Engines that measure it generate; a hundred pictures that Triton classifies are no long queue.
_GENERATES = "itl"


class QueueBound(NamedTuple):
    """How many requests may wait for one server of an engine, and the metric that counts them."""

    place: Place
    number: float
    metric: str
    engine: str


class MistakenThreshold(NamedTuple):
    """A threshold of another scale than what it is compared with, and the number that is meant."""

    place: Field[float]
    share: str
    unit: str
    value: float
    meant: float
    outcome: str


def mistaken_thresholds(
    asked: PrometheusTrigger | MetricThreshold, recorded: Recorded, served: Served
) -> Iterator[MistakenThreshold]:
    """The thresholds of an autoscaler that are of another scale than the share they are for."""
    places = [asked.threshold]
    if isinstance(asked, PrometheusTrigger):
        tree = asked.query.tree
        share = _written(asked.query)
        unit = "" if tree is None else share_of(tree, recorded)
        places.append(asked.activation)
    else:
        units = {one.unit for one in _metrics(asked, served)}
        share, unit = asked.name, units.pop() if len(units) == 1 else ""
    for place in places:
        value = value_or(place.value, 0.0)
        if _may_be_a_sum(asked, value):
            continue
        found = mistaken_number(unit, value)
        if found is not None:
            yield MistakenThreshold(place, share, unit, value, *found)


def mistaken_bound(
    asked: ResultBound, scope: Scope, recorded: Recorded
) -> MistakenThreshold | None:
    """The number with which the result of a query is compared, where it is of another scale."""
    query = judging_query(asked, scope)
    if query is None or query.tree is None:
        return None
    unit, value = share_of(query.tree, recorded), value_or(asked.bound.value, 0.0)
    found = mistaken_number(unit, value, asked.way)
    told = (asked.bound, _written(query), unit, value)
    return None if found is None else MistakenThreshold(*told, *found)


def judging_query(asked: ResultBound, scope: Scope) -> Query | None:
    """The query whose result is compared: its own, or that of the one template it names."""
    if asked.query is not None:
        return asked.query

    def fits(one: JudgingTemplate) -> bool:
        return same(one.namespace, asked.namespace)

    named = scope.nearest(metric_template(asked.judged_by), JudgingTemplate, fits).nodes
    return named[0][1].query if len(named) == 1 else None


def _written(query: Query) -> str:
    return query.text.text.strip()


def _may_be_a_sum(asked: PrometheusTrigger | MetricThreshold, value: float) -> bool:
    """Whether an adapter may have added up what all replicas have, and that may be so much."""
    if isinstance(asked, PrometheusTrigger) or asked.value == Known(value=False):
        return False
    most = asked.scaler.maximum
    return not isinstance(most, Known) or value <= most.value


def waiting_of(asked: PrometheusTrigger | MetricThreshold, served: Served) -> str:
    """The metric of waiting requests that is all an autoscaler asks for; empty where it is not."""
    if isinstance(asked, PrometheusTrigger):
        return waiting_metric(asked)
    found = _metrics(asked, served)
    return asked.name if {one.meaning for one in found if one.meaning} == _WAITING else ""


def queue_bounds(query: Query) -> Iterator[QueueBound]:
    """What must be exceeded by the queue of one server that generates, for a query to have one."""
    for node in conditions(query.tree):
        left, right = node.left, inner(node.right)
        if node.operator in _BELOW:
            left, right = node.right, inner(node.left)
        selector = of_one_series(left)
        if selector is None or not isinstance(right, Number) or not right.known:
            continue
        series = find_series(selector.metric)
        if series is None or series.suffix or series.metric.meaning not in _WAITING:
            continue
        engine = series.metric.exporter.engine
        if metric_meaning(engine, _GENERATES):
            yield QueueBound(right.place, right.value, selector.metric, engine)


def conditions(tree: Expression | None) -> Iterator[Binary]:
    """The comparisons all of which must hold for an expression to have a result."""
    pending = [] if tree is None else [tree]
    while pending:
        node = inner(pending.pop())
        if not isinstance(node, Binary):
            continue
        if node.operator in (*_ABOVE, *_BELOW):
            if not node.returns_bool:  # that one has a result, 0 or 1, in any case
                yield node
        elif node.operator == "and":
            pending += (node.right, node.left)
        elif node.operator == "unless":
            pending.append(node.left)


class SummedShares(NamedTuple):
    """A number that the sum of the shares of all replicas is to be above, as if it were of one."""

    place: Place
    number: float


def summed_shares(query: Query, recorded: Recorded) -> Iterator[SummedShares]:
    """Where an alert adds up what each replica uses, and compares that with no more than a whole.

    Sums by pod, or without labels that are named, may be of one replica each.
    """
    for node in conditions(query.tree):
        above = node.operator in _ABOVE
        side, number = (node.left, node.right) if above else (node.right, node.left)
        written = inner(number)
        if not isinstance(written, Number) or not _adds_replicas(side):
            continue
        whole = _WHOLE.get(summed_share_of(side, recorded), 0.0)
        if 0 < written.value <= whole:
            yield SummedShares(written.place, written.value)


def _adds_replicas(node: Expression) -> bool:
    """Whether all that is added up is added up over replicas."""
    groupings = [one.grouping for one, _ in nested(node) if isinstance(one, Aggregation)]
    return all(
        one is None or (one.keeps and all(each in _OF_MODELS for each in one.labels))
        for one in groupings
    )


def _metrics(asked: MetricThreshold, served: Served) -> tuple[Metric, ...]:
    """The metrics that may be meant by a name."""
    series = find_series(served_metric(asked.name) or served(asked.name))
    if series is not None:
        return (series.metric,) if series.exists and not series.suffix else ()
    return short_metrics(asked.name) if asked.short else ()
