"""The rule `scaler-query-of-many-series`."""

from __future__ import annotations

from imagelint.documents.promql.trigger import PrometheusTrigger
from imagelint.documents.queries.monitoring.scalers import many_series
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule


@rule(PrometheusTrigger, Severity.HIGH)
def scaler_query_of_many_series(trigger: PrometheusTrigger, ctx: Context) -> Findings:
    """An autoscaler asks for a number, and its query has one for each replica.

    KEDA refuses a result of several series. As long as one pod runs all is well; with the second
    one the query fails, and the autoscaler stands still just when there is load.

    Except:
        Queries for one pod, and autoscalers that add no second one.

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
                query: vllm:num_requests_waiting
                threshold: "5"

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
    found = many_series(trigger)
    if found is None:
        return
    query = trigger.query
    fix = None
    if query.text.is_verbatim:
        fix = Fix("take the sum", (ctx.edit(query.span, f"sum({ctx.text(query.span)})"),))
    yield ctx.finding(
        query.at(query.tree.place) if query.tree else query,
        "the query has one result for each replica, and KEDA takes one in all",
        help="take the sum over the replicas: `sum(…)`",
        subject=query.name,
        fix=fix,
        confidence=None if found.certain else Confidence.LIKELY,
    )
