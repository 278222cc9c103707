"""Questions about how much a pod may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.execution import names_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import Container, Pod
    from imagelint.documents.runtime.field import Field


def may_be_root(container: Container) -> bool:
    """Whether nothing keeps a container from running as root: no user, and no refusal of root."""
    privileges = container.privileges
    if privileges.user.value is not ABSENT:
        return False
    refused = privileges.non_root.value
    return refused is ABSENT or (isinstance(refused, Known) and not refused.value)


def is_root(container: Container) -> bool:
    """Whether a container is told to run as root."""
    user = container.privileges.user.value
    return isinstance(user, Known) and names_root(user.value)


def pins_memory(pod: Pod) -> bool:
    """Whether a container of the pod adds IPC_LOCK, as GPUDirect RDMA and RoCE need it."""
    return any(
        isinstance(added.value, Known) and added.value.value == "IPC_LOCK"
        for container in pod.containers
        for added in known_items(container.privileges.added)
    )


def known_items(field: Field[tuple[Field[str], ...]]) -> tuple[Field[str], ...]:
    """The items of a list, none where it is absent or unknown."""
    return field.value.value if isinstance(field.value, Known) else ()


def lacks_seccomp(container: Container) -> bool:
    """Whether neither a container nor its pod names a seccomp profile that would hold for it."""
    privileges = container.privileges
    return not privileges.privileged.on and privileges.seccomp.value is ABSENT


class OpenPlace(NamedTuple):
    """Where something is left open, the name of what leaves it open, and how to speak of it."""

    place: Node
    name: str
    what: str


def open_places(
    pod: Pod, leaves_open: Callable[[Container], bool], field: Callable[[Container | Pod], Node]
) -> tuple[OpenPlace, ...]:
    """Where a pod leaves a field open: once where all of its containers do, else at each of them.

    Nowhere in a patch, which is only a part of a pod.
    """
    if pod.partial:
        return ()
    found = [container for container in pod.containers if leaves_open(container)]
    if found and len(found) == len(pod.containers):
        return (OpenPlace(field(pod), pod.owner.name, "pod"),)
    return tuple(
        OpenPlace(field(container), container.name, f"container `{container.name}`")
        for container in found
    )
