"""The rule `summed-share-as-value`."""

from __future__ import annotations

from imagelint.core.fact import Known, value_or
from imagelint.documents.promql.query import Query
from imagelint.documents.promql.recorded import ALERT
from imagelint.documents.promql.trigger import PrometheusTrigger
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.expressions import summed_share_of
from imagelint.documents.queries.monitoring.records import records_of, shown_of
from imagelint.documents.queries.monitoring.thresholds import summed_shares
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_WHOLE = {"ratio": 1.0, "percent": 100.0}
_MANY = 2


@rule((PrometheusTrigger, Query), Severity.HIGH)
def summed_share_as_value(asked: PrometheusTrigger | Query, ctx: Context) -> Findings:
    """The shares of all replicas are added up, and the sum compared as if it were that of one.

    With `metricType: Value` KEDA multiplies the number of replicas by result and threshold. A sum
    grows with the replicas: with four of them a threshold of 0.8 is passed when each is a fifth
    full, more are added, and the sum grows again. It ends at the maximum, and seldom comes back.
    An alert on such a sum wakes somebody when two replicas are half full.

    Except:
        Averages and maxima, `AverageValue`, which divides by the number of replicas, and thresholds
        above a whole, which are meant for all replicas together. Sums by pod.

    Bad (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          maxReplicaCount: 8
          triggers:
            - type: prometheus
              metricType: Value
              metadata:
                serverAddress: http://prometheus:9090
                query: sum(vllm:kv_cache_usage_perc)
                threshold: "0.8"
                ignoreNullValues: "false"

    Good (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          maxReplicaCount: 8
          triggers:
            - type: prometheus
              metricType: AverageValue
              metadata:
                serverAddress: http://prometheus:9090
                query: sum(vllm:kv_cache_usage_perc)
                threshold: "0.8"
                ignoreNullValues: "false"
    """
    if isinstance(asked, Query):
        yield from _of_alert(asked, ctx)
    else:
        yield from _of_trigger(asked, ctx)


def _of_alert(query: Query, ctx: Context) -> Findings:
    if query.use != ALERT:
        return
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    for one in summed_shares(query, shown_of(records_of(ctx.document, ctx.project), scope)):
        yield ctx.finding(
            query.at(one.place),
            f"the sum of what all replicas use is compared with {one.number:g}: the more of them"
            " run, the sooner the alert is raised",
            help="ask for the highest, or for the average: `max(…)`, `avg(…)`",
            subject=query.name,
            severity=Severity.MEDIUM,
            confidence=Confidence.LIKELY,
        )


def _of_trigger(trigger: PrometheusTrigger, ctx: Context) -> Findings:
    tree, threshold = trigger.query.tree, value_or(trigger.threshold.value, 0.0)
    if tree is None or trigger.value != Known(value=True):
        return
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    unit = summed_share_of(tree, shown_of(records_of(ctx.document, ctx.project), scope))
    if not 0 < threshold <= _WHOLE.get(unit, 0.0):
        return
    if value_or(trigger.scaler.maximum, 0) < _MANY:
        return
    yield ctx.finding(
        trigger.threshold,
        f"the sum of what all replicas use is compared with {threshold:g} as it is: the more of"
        " them run, the sooner another is added",
        help="write `metricType: AverageValue`, or ask for the average: `avg(…)`",
        subject=trigger.scaler.name,
    )
