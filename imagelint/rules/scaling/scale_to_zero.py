"""The rule `scale-to-zero`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.queries.probes import need
from imagelint.documents.queries.scaled import NameScope
from imagelint.documents.serving.scaling import Autoscaler
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Node

# A schedule may keep replicas during the hours that matter.
_SCHEDULED = "cron"
_FIELDS = {
    "AutoscalingPolicy": "minReplicas",
    "AutoscalingPolicyBinding": "minReplicas",
    "HTTPScaledObject": "replicas.min",
    "HorizontalPodAutoscaler": "minReplicas",
    "InferenceService": "minReplicas",
    "Knative": "autoscaling.knative.dev/min-scale",
    "NIMService": "minReplicas",
    "PodAutoscaler": "minReplicas",
    "RayService": "min_replicas",
    "ScaledObject": "minReplicaCount",
}
_ONE = {"Knative": '"1"'}  # annotations are strings


@rule(Autoscaler, Severity.MEDIUM)
def scale_to_zero(scaler: Autoscaler, ctx: Context) -> Findings:
    """The last replica of a model server is taken away when nobody asks.

    The next request then waits for a node with a GPU, a large image and minutes of loading, and
    most clients have given up by then. KEDA does this unless it is told otherwise: its
    `minReplicaCount` is 0.

    Except:
        Schedules (`cron`) next to the other triggers, workloads that are not seen to be model
        servers with GPUs.

    Bad (deployment.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          triggers: [{type: prometheus, metadata: {query: "sum(vllm:num_requests_waiting)"}}]
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
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          triggers: [{type: prometheus, metadata: {query: "sum(vllm:num_requests_waiting)"}}]
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
    idle = isinstance(scaler.idle, Known) and scaler.idle.value == 0
    none = isinstance(scaler.minimum, Known) and scaler.minimum.value == 0
    if not (idle or none) or any(signal.type == _SCHEDULED for signal in scaler.signals):
        return
    servers = NameScope(ctx.document, ctx.project).scaled_servers(scaler)
    if not servers:
        return
    field = _FIELDS[scaler.kind]
    wait = need(servers[0])
    default = isinstance(scaler.minimum, Known) and scaler.minimum.span is None
    state = f"{field} is 0" + (" by default" if default else "")
    place: Node = scaler.floor
    if not none:
        state, place = "idleReplicaCount is 0", scaler.idle_place
    unsure = servers[0].concluded or (default and scaler.kind == "Knative")
    yield ctx.finding(
        place,
        f"{state}: the next request waits for a GPU, and {wait.why} may take {wait.seconds:g} s",
        help=f"write `{field}: {_ONE.get(scaler.kind, 1)}`" if none else "drop `idleReplicaCount`",
        subject=scaler.name,
        fix=ctx.reworded(place, "0", "1") if none and not default else None,
        confidence=Confidence.LIKELY if unsure else None,
    )
