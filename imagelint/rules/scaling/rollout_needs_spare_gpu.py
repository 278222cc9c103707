"""The rule `rollout-needs-spare-gpu`."""

from __future__ import annotations

from imagelint.core.fact import Known, value_or
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.health.replacing import gpu_pod
from imagelint.documents.queries.serving import gpus_in_words, title
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Pod, Severity.LOW, confidence=Confidence.LIKELY)
def rollout_needs_spare_gpu(pod: Pod, ctx: Context) -> Findings:
    """A roll-out begins with a pod for which GPUs must be free.

    A rolling update starts a new pod before it takes an old one away, unless it is told otherwise:
    up to three replicas that is what the defaults come to. Where all GPUs are taken the new pod
    stays pending for ever, and the old version goes on. With `maxSurge: 0` the old pod makes room
    first.

    Except:
        Roll-outs that may take a pod away first, pods without GPUs. Pods that are pinned to one
        node can hardly find room twice there: the severity is medium.

    Bad (deployment.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          replicas: 2
          strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
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
    if replacement is None or value_or(replacement.type.value, "") != "RollingUpdate":
        return
    surge, unavailable = replacement.surge, replacement.unavailable
    if not isinstance(surge, Known) or not isinstance(unavailable, Known):
        return
    if surge.value < 1 or unavailable.value > 0 or value_or(replacement.replicas, 1) == 0:
        return
    found = gpu_pod(ctx.document, pod)
    if found is not None:
        where = "on the same node " if pod.pinned else ""
        yield ctx.finding(
            replacement.type,
            f"a roll-out of {title(found.server)} needs {gpus_in_words(found.gpus)} {where}"
            "besides those that it has",
            help="write `strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}`, "
            "where none are kept free",
            subject=pod.owner.name,
            severity=Severity.MEDIUM if pod.pinned else None,
        )
