"""The rule `recreate-outage`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, value_or
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.health.replacing import gpu_pod
from imagelint.documents.queries.links.scalers import scalers_of_pod
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.serving import title
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Pod, Severity.LOW, confidence=Confidence.LIKELY)
def recreate_outage(pod: Pod, ctx: Context) -> Findings:
    """Every roll-out takes all replicas away at once, for as long as a model needs to load.

    With `Recreate`, or as many unavailable pods as there are replicas, the old pods are gone before
    the first new one is started. What takes seconds elsewhere takes the minutes of a download and a
    load here. `maxSurge: 0` with `maxUnavailable: 1` needs no spare GPU either, and replaces one
    after the other.

    Except:
        A single replica, which cannot be replaced without a spare GPU in any other way, and
        Rollouts of Argo that go by `steps`.

    Bad (deployment.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          replicas: 2
          strategy: {type: Recreate}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers:
                - name: server
                  image: vllm/vllm-openai:v0.30.0
                  args: [--model, Qwen/Qwen3-8B]
                  resources: {limits: {nvidia.com/gpu: 8}}

    Good (deployment.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          replicas: 2
          strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers:
                - name: server
                  image: vllm/vllm-openai:v0.30.0
                  args: [--model, Qwen/Qwen3-8B]
                  resources: {limits: {nvidia.com/gpu: 8}}
    """
    replacement = pod.replacement
    if replacement is None:
        return
    kind = value_or(replacement.type.value, "")
    scaled = _scaled(pod, ctx) if kind == "Recreate" and pod.replicas is ABSENT else 0
    replicas = scaled or value_or(replacement.replicas, 0)
    by_one = kind == "RollingUpdate" or (kind == "canary" and not replacement.stepwise)
    together = by_one and value_or(replacement.unavailable, 0) >= replicas
    if replicas <= 1 or not (kind == "Recreate" or together):
        return
    found = gpu_pod(ctx.document, pod)
    if found is not None:
        all_of_them = f"all replicas, {scaled} or more," if scaled else f"all {replicas} replicas"
        yield ctx.finding(
            replacement.type,
            f"a roll-out takes {all_of_them} of {title(found.server)} away at once",
            help=f"write `{replacement.one_by_one}`",
            subject=pod.owner.name,
        )


def _scaled(pod: Pod, ctx: Context) -> int:
    """The least number of pods to which an autoscaler sets what has no `replicas`; 0 without."""
    found = scalers_of_pod(pod, Scope(ctx.document, ctx.project, ctx.environment.closed))
    least = (value_or(scaler.minimum, 0) for _, scaler in found.nodes)
    return min(least, default=0)
