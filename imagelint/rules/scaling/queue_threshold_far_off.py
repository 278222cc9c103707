"""The rule `queue-threshold-far-off`."""

from __future__ import annotations

from dataclasses import dataclass, field

from imagelint.core.fact import Known
from imagelint.documents.promql.trigger import PrometheusTrigger
from imagelint.documents.queries.monitoring.scalers import waiting_metric
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@dataclass(frozen=True)
class Options:
    """How long a queue may be."""

    most: int = field(
        default=20,
        metadata={"doc": "waiting requests of a replica that may be the threshold for another one"},
    )


@rule(PrometheusTrigger, Severity.LOW, confidence=Confidence.LIKELY, options=Options)
def queue_threshold_far_off(trigger: PrometheusTrigger, ctx: Context, options: Options) -> Findings:
    """Replicas are added only when very many requests wait for each, or as soon as one does.

    A request that waits behind a hundred others waits for minutes. Guides of clouds begin with 3 to
    5 waiting requests for a replica; below 1 a single request that waits is worth a GPU.

    Except:
        Thresholds of the sum over all replicas (`metricType: Value`).

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
    threshold, metric = trigger.threshold, waiting_metric(trigger)
    if not metric or not isinstance(threshold.value, Known) or trigger.value != Known(value=False):
        return
    number = threshold.value.value
    if 1 <= number <= options.most:
        return
    yield ctx.finding(
        threshold,
        f"a replica is added when {number:g} requests wait for each (`{metric}`)",
        help="begin with `5`, and measure",
        subject=trigger.query.name,
    )
