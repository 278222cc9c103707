"""The rule `rollout-needs-spare-gpu`."""

from __future__ import annotations

from imagelint.core.fact import value_or
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
    first. A Rollout of Argo needs all GPUs twice with `blueGreen`, or with `trafficRouting`: the
    old version keeps its pods until all of the new one are there.

    Except:
        Roll-outs that may take a pod away first, or that take pods away as requests are shifted
        (`dynamicStableScale`); pods without GPUs. Pods that are pinned to one
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
    more = replacement.pods_before if replacement is not None else 0
    found = gpu_pod(ctx.document, pod) if more else None
    if replacement is not None and found is not None:
        where = "on the same node " if pod.pinned else ""
        room = gpus_in_words(more * found.gpus)
        if replacement.grouped:
            room = "the GPUs of one more group"
        routed = replacement.doubled and value_or(replacement.type.value, "") == "canary"
        drop = "drop `trafficRouting` and " if routed else ""
        yield ctx.finding(
            replacement.begins,
            f"a roll-out of {title(found.server)} needs {room} {where}besides those that it has",
            help=f"{drop}write `{replacement.one_by_one}`, where none are kept free",
            subject=pod.owner.name,
            severity=Severity.MEDIUM if pod.pinned else None,
        )
