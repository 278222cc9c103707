"""The rule `unknown-accelerator-label`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Pod
from imagelint.knowledge.kubernetes.node_labels import meant_key, meant_value
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Pod, Severity.MEDIUM, confidence=Confidence.LIKELY)
def unknown_accelerator_label(pod: Pod, ctx: Context) -> Findings:
    """The pod waits for nodes with an accelerator that none is labelled with.

    GKE, and NVIDIA's feature discovery, label nodes with names of their own, which are not those
    that people use: `nvidia-h100` is `nvidia-h100-80gb`, and an H100 on a board of type SXM is
    `NVIDIA-H100-80GB-HBM3`. A pod that demands a name which does not exist is never scheduled.

    Except:
        Names of products that are newer than the table, and those that a template fills in.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          nodeSelector: {cloud.google.com/gke-accelerator: nvidia-h100}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {limits: {nvidia.com/gpu: 1}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          nodeSelector: {cloud.google.com/gke-accelerator: nvidia-h100-80gb}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources: {limits: {nvidia.com/gpu: 1}}
    """
    for label in pod.node_labels:
        key = meant_key(label.key)
        if key:
            yield ctx.finding(
                label.place,
                f"no node has a label {label.key}",
                help=f"write `{key}`",
                subject=pod.owner.name,
            )
        for value, place in label.values:
            meant = meant_value(label.key, value)
            if meant:
                yield ctx.finding(
                    place,
                    f"no node has the label {label.key}={value}",
                    help=f"write `{meant}`",
                    subject=pod.owner.name,
                    fix=ctx.reworded(place, value, meant),
                )
