"""The rule `queue-threshold-far-off`."""

from __future__ import annotations

from dataclasses import dataclass, field

from imagelint.core.fact import Known
from imagelint.documents.promql.query import Query
from imagelint.documents.promql.trigger import MetricThreshold, PrometheusTrigger
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.alerts import late_alert
from imagelint.documents.queries.monitoring.records import records_of, served_of
from imagelint.documents.queries.monitoring.thresholds import waiting_of
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@dataclass(frozen=True)
class Options:
    """How long a queue may be."""

    most: int = field(
        default=20,
        metadata={"doc": "waiting requests of a replica that may be the threshold"},
    )


@rule(
    (PrometheusTrigger, MetricThreshold, Query),
    Severity.LOW,
    confidence=Confidence.LIKELY,
    options=Options,
)
def queue_threshold_far_off(
    asked: PrometheusTrigger | MetricThreshold | Query, ctx: Context, options: Options
) -> Findings:
    """Nothing is done until very many requests wait for a replica, or one is added for each.

    A request that waits behind a hundred others waits for minutes. Guides of clouds begin with 3 to
    5 waiting requests for a replica; below 1 a single request that waits is worth a GPU. An alert
    on the queue of a replica comes as late, above 20.

    Except:
        Thresholds of the sum over all replicas (`metricType: Value`, `value`, `sum`), and alerts
        beside another one on the queue, which comes sooner.

    Bad (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          triggers:
            - type: prometheus
              metadata:
                serverAddress: http://prometheus:9090
                query: sum(vllm:num_requests_waiting)
                threshold: "100"

    Good (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          triggers:
            - type: prometheus
              metadata:
                serverAddress: http://prometheus:9090
                query: sum(vllm:num_requests_waiting)
                threshold: "5"
    """
    if isinstance(asked, Query):
        scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
        for one in late_alert(asked, options.most, scope, records_of(ctx.document, ctx.project)):
            yield ctx.finding(
                asked.at(one.place),
                f"the alert comes only when {one.number:g} requests wait for a replica"
                f" (`{one.metric}`)",
                help="begin with `5`, and measure",
                subject=asked.name,
            )
        return
    metric = waiting_of(asked, served_of(ctx.document, ctx.project))
    threshold = asked.threshold
    if not metric or not isinstance(threshold.value, Known) or asked.value != Known(value=False):
        return
    number = threshold.value.value
    if 1 <= number <= options.most:
        return
    yield ctx.finding(
        threshold,
        f"a replica is added when {number:g} requests wait for each (`{metric}`)",
        help="begin with `5`, and measure",
        subject=asked.scaler.name,
    )
