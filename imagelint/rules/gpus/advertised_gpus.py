"""The rule `advertised-gpus`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.deployment.groups.podgroups import advertised_gpus as told_gpus
from imagelint.deployment.groups.podgroups import is_head, main_container
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.serving import gpus_in_words
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.runtime.model import Runtime

_WHOLE = "/gpu"


@rule(Pod, Severity.HIGH)
def advertised_gpus(pod: Pod, ctx: Context) -> Findings:
    """A node tells its cluster of other GPUs than its container gets.

    Ray believes `num-gpus`: upon GPUs that are not there it starts replicas that find no device,
    or that share one and run out of its memory; those that it is not told of stay idle, and what
    needs them waits. Without `num-gpus` KubeRay takes what the container's limits say.

    Except:
        Parts of GPUs (MIG, time slices), and heads with `num-gpus: "0"`, which keeps work from
        them. GPUs that stay idle get a medium severity.

    Bad (cluster.yaml):
        apiVersion: ray.io/v1
        kind: RayCluster
        metadata: {name: llm}
        spec:
          headGroupSpec:
            rayStartParams: {}
            template:
              spec:
                containers:
                  - name: head
                    image: rayproject/ray-llm:2.52.0-py311-cu128
          workerGroupSpecs:
            - groupName: gpu
              rayStartParams: {num-gpus: "8"}
              template:
                spec:
                  containers:
                    - name: worker
                      image: rayproject/ray-llm:2.52.0-py311-cu128
                      resources: {limits: {nvidia.com/gpu: 4}}

    Good (cluster.yaml):
        apiVersion: ray.io/v1
        kind: RayCluster
        metadata: {name: llm}
        spec:
          headGroupSpec:
            rayStartParams: {}
            template:
              spec:
                containers:
                  - name: head
                    image: rayproject/ray-llm:2.52.0-py311-cu128
          workerGroupSpecs:
            - groupName: gpu
              rayStartParams: {num-gpus: "4"}
              template:
                spec:
                  containers:
                    - name: worker
                      image: rayproject/ray-llm:2.52.0-py311-cu128
                      resources: {limits: {nvidia.com/gpu: 4}}
    """
    told, container = told_gpus(pod), main_container(pod)
    count = _gpus(container.runtime) if container is not None else None
    if told is None or container is None or count is None or told.number == count:
        return
    if not told.number and is_head(pod):
        return
    yield ctx.finding(
        told.place,
        f"the cluster is told of {gpus_in_words(told.number)}, and the container"
        f" `{container.name}` gets {count or 'none'}",
        help=f'write `num-gpus: "{count}"`, or leave it out: it is taken from the limits',
        subject=container.name,
        severity=None if told.number > count else Severity.MEDIUM,
    )


def _gpus(runtime: Runtime) -> int | None:
    """The whole GPUs that a container gets; None where that is not known."""
    gpus = runtime.gpus
    if gpus is ABSENT:
        devices = runtime.other_devices
        return 0 if isinstance(devices, Known) and not devices.value else None
    if not isinstance(gpus, Known) or gpus.value.shared:
        return None
    quantity = gpus.value.quantity
    whole = gpus.value.resource.endswith(_WHOLE) and isinstance(quantity, Known)
    return int(quantity.value) if whole and isinstance(quantity, Known) else None
