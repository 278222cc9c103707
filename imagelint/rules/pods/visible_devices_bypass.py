"""The rule `visible-devices-bypass`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_VARIABLE = "NVIDIA_VISIBLE_DEVICES"
# https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html
_NO_DEVICE = frozenset(("", "none", "void"))


@rule(Container, Severity.HIGH)
def visible_devices_bypass(container: Container, ctx: Context) -> Findings:
    """The container takes GPUs without asking the scheduler for them.

    `NVIDIA_VISIBLE_DEVICES` tells the container runtime, not Kubernetes: where nodes allow it, the
    pod sees GPUs that belong to others, and both run out of memory. Next to a proper request it
    competes with what the device plugin sets.

    Except:
        The values `none` and `void`, and pods of a DaemonSet, which watch all GPUs of a node.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              env: [{name: NVIDIA_VISIBLE_DEVICES, value: all}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              resources:
                limits: {nvidia.com/gpu: 1}
    """
    variable = container.variable(_VARIABLE)
    if variable is None or not isinstance(variable.value, Known) or container.owner.is_node_agent:
        return
    if variable.value.value.strip() in _NO_DEVICE:
        return
    gpus = container.runtime.gpus
    if gpus is ABSENT:
        yield ctx.finding(
            variable,
            f"{_VARIABLE}={variable.value.value} takes GPUs that were not requested",
            help="drop it and write `limits: {nvidia.com/gpu: <count>}` under `resources`",
            subject=container.name,
        )
    elif isinstance(gpus, Known):
        yield ctx.finding(
            variable,
            f"{_VARIABLE} competes with the {gpus.value.resource} that the pod requests",
            help="drop it: the device plugin sets it",
            subject=container.name,
            severity=Severity.MEDIUM,
            confidence=Confidence.LIKELY,
        )
