"""How pods with GPUs share the nodes with others."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.kubernetes.landmarks import PodPlace, ending_with_gpus
from imagelint.documents.queries.health.replacing import servers_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.queries.links.scope import Scope

_PRIORITIES = ("priorityClassName", "priority")


def gpus_of_pod(pod: Pod) -> int:
    """How many GPUs the containers of a pod certainly ask for."""
    return sum(_counts(pod))


def _counts(pod: Pod) -> Iterator[int]:
    for container in pod.containers:
        request = container.runtime.gpus
        if container.serves and isinstance(request, Known):
            quantity = request.value.quantity
            yield int(quantity.value) if isinstance(quantity, Known) else 0


def fills_node(pod: Pod, per_node: int | None) -> bool:
    """Whether two such pods do not fit on one node of that many GPUs."""
    return per_node is not None and 2 * gpus_of_pod(pod) > per_node


def rival(pod: Pod, document: Document, scope: Scope) -> str:
    """The name of a workload that ends and wants GPUs beside a server which has no priority.

    Empty where there is none in the same file or folder, and for pods that have one, or no GPU.
    """
    said = any(pod.spec[name].text() is not ABSENT for name in _PRIORITIES)
    if said or not pod.restarts or not gpus_of_pod(pod) or not servers_in(document, pod):
        return ""
    found = scope.nearest(ending_with_gpus(), PodPlace, lambda one: bool(one.name))
    folder = dirname(document.source.origin)
    return next((one.name for at, one in found.nodes if dirname(at) == folder), "")
