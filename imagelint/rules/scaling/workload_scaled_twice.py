"""The rule `workload-scaled-twice`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.documents.kubernetes.wiring.nodes import VerticalPodAutoscaler
from imagelint.documents.queries.links.scalers import scaled_before, scaled_by_the_same
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.serving.scaling import Autoscaler
from imagelint.rules.api import Context, Findings, Severity, rule


@rule((Autoscaler, VerticalPodAutoscaler), Severity.HIGH)
def workload_scaled_twice(scaler: Autoscaler | VerticalPodAutoscaler, ctx: Context) -> Findings:
    """Two autoscalers set the replicas of one workload.

    Each undoes what the other does: pods that hold a model in a GPU are started and stopped in
    turn. KEDA makes a HorizontalPodAutoscaler of its own for every ScaledObject, and its webhook
    refuses a second one. A vertical autoscaler that changes what a pod requests moves the share
    of it that the other one counts by.

    Except:
        ScaledObjects that take over the one that is there
        (`scaledobject.keda.sh/transfer-hpa-ownership`), autoscalers in other files, which may be
        for another environment.

    Bad (scalers.yaml):
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: llm}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
          maxReplicas: 4
        ---
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          triggers: [{type: prometheus, metadata: {query: "sum(vllm:num_requests_waiting)"}}]

    Good (scalers.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          triggers: [{type: prometheus, metadata: {query: "sum(vllm:num_requests_waiting)"}}]
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    if isinstance(scaler, VerticalPodAutoscaler):
        counting = scaled_by_the_same(scaler, scope)
        if counting is not None:
            said = f"the {counting.kind} `{counting.name}`"
            yield ctx.finding(
                scaler,
                f"{said} counts by the requests that this changes",
                help='set `updateMode: "Off"`, or scale by what waits in the server',
                notes=(ctx.note(said, counting),),
                subject=scaler.object.name,
                severity=Severity.MEDIUM,
            )
        return
    other = scaled_before(scaler, scope)
    if other is None:
        return
    workload = f"{value_or(scaler.target_kind, '')} `{value_or(scaler.target_name, '')}`"
    yield ctx.finding(
        scaler,
        f"the {workload} is scaled by the {other.kind} `{other.name}` as well",
        help="keep one of the two",
        notes=(ctx.note(f"the {other.kind} `{other.name}`", other),),
        subject=scaler.name,
    )
