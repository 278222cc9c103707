"""The rule `unmet-accelerator-type`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Pod
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Pod, Severity.HIGH)
def unmet_accelerator_type(pod: Pod, ctx: Context) -> Findings:
    """A model asks for an accelerator that no node of its cluster has.

    Ray places what names an `accelerator_type` only on nodes whose GPUs are called so. The replicas
    of the model stay pending, while the GPUs that are there idle.

    Except:
        Clusters of which some pods may get GPUs of any kind, and nodes that are given the name by
        hand (`resources` of `rayStartParams`). The size of the memory counts for nothing.

    Bad (service.yaml):
        apiVersion: ray.io/v1
        kind: RayService
        metadata: {name: llm}
        spec:
          serveConfigV2: |
            applications:
              - name: llm
                args: {llm_configs: [{accelerator_type: H100}]}
          rayClusterConfig:
            headGroupSpec:
              rayStartParams: {}
              template:
                spec:
                  nodeSelector: {nvidia.com/gpu.product: NVIDIA-L40S}
                  containers:
                    - name: head
                      image: rayproject/ray-llm:2.52.0-py311-cu128
                      resources: {limits: {nvidia.com/gpu: 1}}

    Good (service.yaml):
        apiVersion: ray.io/v1
        kind: RayService
        metadata: {name: llm}
        spec:
          serveConfigV2: |
            applications:
              - name: llm
                args: {llm_configs: [{accelerator_type: L40S}]}
          rayClusterConfig:
            headGroupSpec:
              rayStartParams: {}
              template:
                spec:
                  nodeSelector: {nvidia.com/gpu.product: NVIDIA-L40S}
                  containers:
                    - name: head
                      image: rayproject/ray-llm:2.52.0-py311-cu128
                      resources: {limits: {nvidia.com/gpu: 1}}
    """
    from imagelint.deployment.groups.accelerators import unmet_accelerators

    for one in unmet_accelerators(pod, ctx.document):
        there = " and ".join(one.there)
        yield ctx.finding(
            one.place,
            f"it waits for a node with {one.name}, and those of the cluster have {there}",
            help=f"write `accelerator_type: {one.there[0]}`, or let a group ask for such nodes",
            subject=pod.owner.name,
        )
