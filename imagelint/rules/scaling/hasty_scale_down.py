"""The rule `hasty-scale-down`."""

from __future__ import annotations

from imagelint.documents.queries.probes import need
from imagelint.documents.queries.scaled import NameScope
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.scaling import Autoscaler
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/, default behavior
_WINDOW = 300


@rule(Autoscaler, Severity.LOW, confidence=Confidence.LIKELY)
def hasty_scale_down(scaler: Autoscaler, ctx: Context) -> Findings:
    """A server that takes long to start is taken away after five quiet minutes.

    That is the default of `behavior.scaleDown`. When the next wave comes, the replica has to load
    its model again, and is there when the wave is over.

    Except:
        Autoscalers that say how replicas are taken away, and models that load in five minutes.

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
                  args: [--model, meta-llama/Llama-3.3-70B-Instruct]
                  resources: {limits: {nvidia.com/gpu: 4}}

    Good (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          advanced:
            horizontalPodAutoscalerConfig:
              behavior: {scaleDown: {stabilizationWindowSeconds: 900}}
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
                  args: [--model, meta-llama/Llama-3.3-70B-Instruct]
                  resources: {limits: {nvidia.com/gpu: 4}}
    """
    if scaler.behaves:
        return
    servers = NameScope(ctx.document, ctx.project).scaled_servers(scaler)
    wait = need(servers[0]) if servers else None
    if wait is None or not wait.sized or wait.seconds <= _WINDOW:
        return
    yield ctx.finding(
        scaler,
        f"{title(servers[0])} goes after {_WINDOW} s, the default, and {wait.why} may take"
        f" {wait.seconds:g} s",
        help=f"write `behavior.scaleDown.stabilizationWindowSeconds` above {wait.seconds:g}",
        subject=scaler.name,
    )
