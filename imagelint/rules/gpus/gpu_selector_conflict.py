"""The rule `gpu-selector-conflict`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.gpus.conflicts import conflicts
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Pod, Severity.HIGH)
def gpu_selector_conflict(pod: Pod, ctx: Context) -> Findings:
    """What the pod demands of its nodes and of their GPUs excludes itself.

    No node has two products at once, a GPU has the MIG slices that its product can be cut into, and
    a node of one vendor has no GPUs of another. Such a pod stays pending for ever, and nothing says
    why but "0 nodes are available".

    Except:
        Alternatives of the node affinity, as long as one can be met; labels and products that are
        not known; preferences.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          nodeSelector: {nvidia.com/gpu.product: NVIDIA-L40S}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {limits: {nvidia.com/mig-1g.10gb: 1}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          nodeSelector: {nvidia.com/gpu.product: NVIDIA-L40S}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {limits: {nvidia.com/gpu: 1}}
    """
    for conflict in conflicts(pod):
        yield ctx.finding(
            conflict.place,
            conflict.message,
            help=conflict.help,
            subject=pod.owner.name,
            confidence=None if conflict.sure else Confidence.LIKELY,
        )
