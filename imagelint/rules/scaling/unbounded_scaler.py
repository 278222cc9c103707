"""The rule `unbounded-scaler`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.scaled import NameScope
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.scaling import Autoscaler
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_FIELDS = {"HTTPScaledObject": "replicas.max", "ScaledObject": "maxReplicaCount"}


@rule(Autoscaler, Severity.MEDIUM)
def unbounded_scaler(scaler: Autoscaler, ctx: Context) -> Findings:
    """An autoscaler may start a hundred pods with GPUs.

    Without `maxReplicaCount` KEDA goes up to 100 replicas. A burst, or a query that is wrong, then
    takes every GPU that the cluster has, and a cluster that grows by itself buys more.

    Except:
        Workloads that are not seen to ask for GPUs.

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
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers:
                - name: server
                  image: vllm/vllm-openai:v0.30.0
                  args: [--model, Qwen/Qwen3-8B]
                  resources: {limits: {nvidia.com/gpu: 1}}

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
              metadata:
                serverAddress: http://prometheus:9090
                query: sum(vllm:num_requests_waiting)
                threshold: "5"
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers:
                - name: server
                  image: vllm/vllm-openai:v0.30.0
                  args: [--model, Qwen/Qwen3-8B]
                  resources: {limits: {nvidia.com/gpu: 1}}
    """
    most = scaler.maximum
    if scaler.kind not in _FIELDS or not isinstance(most, Known) or most.span is not None:
        return
    scope = NameScope(ctx.document, ctx.project)
    servers = scope.scaled_servers(scaler)
    names = [title(one) for one in servers] or [
        f"`{one.name}`" for one in scope.scaled_with_gpus(scaler)
    ]
    if not names:
        return
    yield ctx.finding(
        scaler,
        f"{names[0]} may get {most.value} replicas, the default, each with its GPUs",
        help=f"say how many there are GPUs for: `{_FIELDS[scaler.kind]}`",
        subject=scaler.name,
        confidence=Confidence.LIKELY if servers and servers[0].concluded else None,
    )
