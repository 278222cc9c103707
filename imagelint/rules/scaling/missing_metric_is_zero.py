"""The rule `missing-metric-is-zero`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, value_or
from imagelint.documents.promql.trigger import PrometheusTrigger
from imagelint.documents.queries.monitoring.scalers import asks_servers
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(PrometheusTrigger, Severity.MEDIUM, confidence=Confidence.LIKELY)
def missing_metric_is_zero(trigger: PrometheusTrigger, ctx: Context) -> Findings:
    """An autoscaler takes it for an empty queue that nothing is measured.

    KEDA makes 0 of a query without a result, unless it is told otherwise. When Prometheus does not
    reach the servers, or a metric was renamed, it takes replicas away under full load. With
    `ignoreNullValues: "false"` that is an error, and `fallback` says how many replicas to keep.

    Except:
        Queries that say themselves what is meant where there is nothing (`or vector(0)`).

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
                threshold: "5"

    Good (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          fallback: {failureThreshold: 3, replicas: 2}
          triggers:
            - type: prometheus
              metadata:
                serverAddress: http://prometheus:9090
                query: sum(vllm:num_requests_waiting)
                threshold: "5"
                ignoreNullValues: "false"
    """
    told = trigger.ignores_null
    if told.value is not ABSENT and not value_or(told.value, default=False):
        return
    if not asks_servers(trigger):
        return
    default = " by default" if told.value is ABSENT else ""
    rest = "" if trigger.fallback else ", and say in `fallback` how many replicas to keep"
    yield ctx.finding(
        told if told.value is not ABSENT else trigger,
        f"`ignoreNullValues` is true{default}: without a result the queue counts as empty",
        help=f'write `ignoreNullValues: "false"`{rest}',
        subject=trigger.query.name,
        fix=ctx.reworded(told, "true", "false") if told.value is not ABSENT else None,
    )
