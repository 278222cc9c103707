"""The rule `scaler-left-paused`."""

from __future__ import annotations

from imagelint.documents.kubernetes.wiring.nodes import Referring, ScaledObject
from imagelint.rules.api import Context, Findings, Severity, rule


@rule((ScaledObject, Referring), Severity.MEDIUM)
def scaler_left_paused(scaler: ScaledObject | Referring, ctx: Context) -> Findings:
    """A ScaledObject, or a ScaledJob, is written with its scaling paused.

    Somebody stopped it by hand, and it has come into the file: from the next rollout on nothing
    is scaled, whatever the load, and nobody is told. KEDA looks at the annotations alone.

    Bad (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata:
          name: llm
          annotations:
            autoscaling.keda.sh/paused: "true"
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          triggers: [{type: prometheus, metadata: {query: "sum(vllm:num_requests_waiting)"}}]

    Good (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata:
          name: llm
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          triggers: [{type: prometheus, metadata: {query: "sum(vllm:num_requests_waiting)"}}]
    """
    for name, place in scaler.pauses:
        yield ctx.finding(
            place,
            f"`{name}` stops the scaling",
            help=f"drop `{name}`",
            subject=scaler.object.name,
            fix=ctx.dropped(name, place),
        )
