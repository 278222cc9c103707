"""The rule `cpu-hpa-on-gpu`."""

from __future__ import annotations

from imagelint.documents.queries.monitoring.scalers import waiting_at
from imagelint.documents.queries.scaled import NameScope
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.scaling import Autoscaler
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_BLIND = frozenset(("cpu", "memory"))


@rule(Autoscaler, Severity.MEDIUM)
def cpu_hpa_on_gpu(scaler: Autoscaler, ctx: Context) -> Findings:
    """A model server on GPUs is scaled by the load of its CPU or by its memory.

    The work happens on the GPU: its CPU load says little about the queue, and its memory is full
    from the start on. The autoscaler adds replicas when nobody waits, or none while requests
    queue for minutes. Waiting requests or the use of the KV cache are what to scale on.

    Except:
        Autoscalers that look at something else as well, workloads that are not seen to be model
        servers with GPUs.

    Bad (deployment.yaml):
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: llm}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
          maxReplicas: 4
          metrics:
            - type: Resource
              resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
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

    Good (deployment.yaml):
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: llm}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
          maxReplicas: 4
          metrics:
            - type: Pods
              pods:
                metric: {name: "vllm:num_requests_waiting"}
                target: {type: AverageValue, averageValue: "5"}
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
    kinds = {signal.type for signal in scaler.signals}
    if not kinds or not kinds <= _BLIND:
        return
    servers = NameScope(ctx.document, ctx.project).scaled_servers(scaler)
    if not servers:
        return
    waiting = waiting_at(servers[0])
    example = f", such as `{waiting}`" if waiting else ""
    yield ctx.finding(
        scaler.signals[0],
        f"{title(servers[0])} works on the GPU, and is scaled by {' and '.join(sorted(kinds))}",
        help=f"scale on the number of waiting requests{example}",
        subject=scaler.name,
        confidence=Confidence.LIKELY if servers[0].concluded else None,
    )
