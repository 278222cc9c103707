"""Which pods are scheduled before others that want the same GPUs."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.landmarks import PodPlace, ending_with_gpus
from imagelint.documents.queries.gpus.placement import gpus_of_pod
from imagelint.documents.queries.health.replacing import servers_in

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.queries.links.scope import Scope

_PRIORITIES = ("priorityClassName", "priority")


def rival(pod: Pod, document: Document, scope: Scope) -> str:
    """The name of a workload that ends and wants GPUs beside a server which has no priority.

    Empty where there is none in the same file or folder, and for pods that have one, or no GPU.
    """
    said = any(pod.spec[name].exists for name in _PRIORITIES)
    if said or not pod.restarts or not gpus_of_pod(pod) or not servers_in(document, pod):
        return ""
    found = scope.nearest(ending_with_gpus(), PodPlace, lambda one: bool(one.name))
    folder = dirname(document.source.origin)
    return next((one.name for at, one in found.nodes if dirname(at) == folder), "")
