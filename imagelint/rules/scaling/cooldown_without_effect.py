"""The rule `cooldown-without-effect`."""

from __future__ import annotations

from imagelint.core.fact import Known, value_or
from imagelint.documents.serving.scaling import Autoscaler
from imagelint.rules.api import Context, Findings, Severity, rule

_BEHAVIOR = "horizontalPodAutoscalerConfig.behavior.scaleDown"


@rule(Autoscaler, Severity.LOW)
def cooldown_without_effect(scaler: Autoscaler, ctx: Context) -> Findings:
    """KEDA is told how long to wait before it takes the last replica, which it never takes.

    `cooldownPeriod` holds for the step to zero alone. As long as one replica stays, how slowly
    others go is for the HorizontalPodAutoscaler that KEDA makes, and for its `behavior`.

    Except:
        ScaledObjects that say how replicas are taken away.

    Bad (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          cooldownPeriod: 300
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
          advanced:
            horizontalPodAutoscalerConfig:
              behavior: {scaleDown: {stabilizationWindowSeconds: 300}}
          triggers:
            - type: prometheus
              metadata:
                serverAddress: http://prometheus:9090
                query: sum(vllm:num_requests_waiting)
                threshold: "5"
    """
    cooldown = scaler.cooldown
    if cooldown is None or not isinstance(cooldown.value, Known) or scaler.behaves:
        return
    if value_or(scaler.minimum, 0) < 1 or isinstance(scaler.idle, Known):
        return
    seconds = cooldown.value.value
    yield ctx.finding(
        cooldown,
        f"`cooldownPeriod` is for the step to 0, and {value_or(scaler.minimum, 1)} replicas stay",
        help=f"write `stabilizationWindowSeconds: {seconds}` under `{_BEHAVIOR}`",
        subject=scaler.name,
    )
