"""Shared memory that is meant for a server and does not reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.booleans import nccl_variable
from imagelint.documents.queries.serving import least_workers, switched_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.runtime.model import Mount, Volume
    from imagelint.documents.serving.command import ServingCommand

_NAME = pattern(r"(?:^|[-_])(?:d?shm|shmem|shared-memory)(?:$|[-_])")


def looks_shared(volume: str) -> bool:
    """Whether a volume is called like shared memory: `dshm`, `shm-volume`, `vllm-shm`."""
    return _NAME.search(volume) is not None


def unmounted_memory(pod: Pod) -> Iterator[Volume]:
    """The volumes in memory of a pod which are called so, and which none of its containers has."""
    mounted: set[str] = set()
    for container in pod.containers:
        mounts = container.runtime.mounts
        if container.partial or not isinstance(mounts, Known):
            return
        mounted.update(mount.volume for mount in mounts.value)
    for volume in pod.volumes:
        if volume.in_memory and volume.name not in mounted and looks_shared(volume.name):
            yield volume


class Unwritable(NamedTuple):
    """A mount at `/dev/shm` that is read-only, and how many processes want to write there."""

    mount: Mount
    processes: int


def unwritable(server: ServingCommand, gpus_per_node: int | None) -> Unwritable | None:
    """The read-only shared memory of a server of several processes."""
    mount = server.launch.runtime.shm_mount
    if mount is None or not mount.read_only or not server.engine:
        return None
    count = least_workers(server, gpus_per_node)
    if not isinstance(count, Known) or count.value < 2:  # noqa: PLR2004 - more than one
        return None
    avoided = switched_on(server, "NCCL_SHM_DISABLE", nccl_variable)
    return None if avoided else Unwritable(mount, count.value)


def size_of_build_only(service: ComposeService) -> Node | None:
    """The `shm_size` of a service's build, where the service itself has none and needs one."""
    shared = service.runtime.host.ipc.value
    own = service.runtime.shm is not ABSENT or not isinstance(service.runtime.mounts, Known)
    return None if own or shared is not ABSENT else service.shm_of_build
