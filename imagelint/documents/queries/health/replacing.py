"""Questions about how the pods of model servers are replaced by new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.probes import FailureBudget, failure_budget
from imagelint.documents.queries.serving import gpu_count

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.serving.command import ServingCommand


class GpuPod(NamedTuple):
    """A pod with a model server on GPUs: the first server, and the GPUs of all containers."""

    server: ServingCommand
    gpus: int


def servers_in(document: Document, pod: Pod) -> tuple[ServingCommand, ...]:
    """The servers of known engines in a pod."""
    from imagelint.documents.kubernetes.manifest import Manifest

    if not isinstance(document, Manifest):
        return ()
    return tuple(server for server in document.servers_of(pod) if server.engine)


def gpu_pod(document: Document, pod: Pod) -> GpuPod | None:
    """The server and the GPUs of a pod; None without a server, or where GPUs are not counted."""
    servers = servers_in(document, pod)
    counts = [gpu_count(server) for server in servers]
    known = [count.value for count in counts if isinstance(count, Known)]
    if not known or len(known) < len(counts) or not sum(known):
        return None
    return GpuPod(servers[0], sum(known))


def longest_start(document: Document, pod: Pod) -> FailureBudget | None:
    """The longest time that the startup probe of a server in a pod allows."""
    budgets = []
    for server in servers_in(document, pod):
        probe = server.launch.runtime.probes.startup
        budget = failure_budget(probe.value) if isinstance(probe, Known) else None
        if budget is not None:
            budgets.append(budget)
    return max(budgets, default=None)
