"""The rule `queue-threshold-far-off`."""

from __future__ import annotations

from dataclasses import dataclass, field

from imagelint.core.fact import Known
from imagelint.documents.promql.trigger import MetricThreshold, PrometheusTrigger
from imagelint.documents.queries.monitoring.thresholds import waiting_of
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@dataclass(frozen=True)
class Options:
    """How long a queue may be."""

    most: int = field(
        default=20,
        metadata={"doc": "waiting requests of a replica that may be the threshold for another one"},
    )


@rule(
    (PrometheusTrigger, MetricThreshold),
    Severity.LOW,
    confidence=Confidence.LIKELY,
    options=Options,
)
def queue_threshold_far_off(
    asked: PrometheusTrigger | MetricThreshold, ctx: Context, options: Options
) -> Findings:
    """Replicas are added only when very many requests wait for each, or as soon as one does.

    A request that waits behind a hundred others waits for minutes. Guides of clouds begin with 3 to
    5 waiting requests for a replica; below 1 a single request that waits is worth a GPU.

    Except:
        Thresholds of the sum over all replicas (`metricType: Value`, `value`).

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
    threshold, metric = asked.threshold, waiting_of(asked)
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
