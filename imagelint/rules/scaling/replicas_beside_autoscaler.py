"""The rule `replicas-beside-autoscaler`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.links.scalers import scalers_of_pod
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    Pod,
    Severity.LOW,
    references=(
        "kube-score deployment-targeted-by-hpa-does-not-have-replicas-configured",
        "kube-score statefulset-targeted-by-hpa-does-not-have-replicas-configured",
    ),
)
def replicas_beside_autoscaler(pod: Pod, ctx: Context) -> Findings:
    """A workload that is scaled says how many replicas it has.

    Each `kubectl apply` sets the number back, until the autoscaler has changed it again: pods that
    answer are stopped, and started anew a little later. Without the field the number stays.

    Bad (server.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          replicas: 2
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: llm}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
          maxReplicas: 4

    Good (server.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: llm}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
          maxReplicas: 4
    """
    count = pod.own_replicas
    if count is None or not isinstance(count.value, Known) or not count.value.value:
        return
    found = scalers_of_pod(pod, Scope(ctx.document, ctx.project, ctx.environment.closed))
    if not found.nodes:
        return
    _, scaler = found.nodes[0]
    yield ctx.finding(
        count,
        f"the {scaler.kind} `{scaler.name}` sets the replicas as well",
        help="drop `replicas`",
        subject=pod.owner.name,
        confidence=None if found.here else Confidence.LIKELY,
        fix=ctx.dropped("replicas", count),
    )
