"""Questions about how much a pod may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.execution import names_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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


def is_unconfined(container: Container) -> bool:
    """Whether seccomp is switched off for a container."""
    profile = container.privileges.seccomp.value
    return isinstance(profile, Known) and profile.value == "Unconfined"


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


def told_places(
    pod: Pod, is_told: Callable[[Container], bool], field: Callable[[Container | Pod], Field[str]]
) -> tuple[OpenPlace, ...]:
    """Where something is told to containers: once where their pod says it, else at each of them."""
    whole = field(pod).path
    places: dict[str, OpenPlace] = {}
    for container in pod.containers:
        place = field(container)
        if is_told(container):
            name, what = container.name, f"container `{container.name}`"
            if place.path == whole:
                name, what = pod.owner.name, "pod"
            places.setdefault(place.path, OpenPlace(place, name, what))
    return tuple(places.values())


def unprivileged_user(containers: Iterable[Container]) -> str:
    """The number of a user that an image of theirs holds for it, or one that no image holds."""
    from imagelint.knowledge.base_images import base_image

    for container in containers:
        if container.image is not None and isinstance(container.image.reference, Known):
            known = base_image(container.image.reference.value)
            number = known.user.partition(":")[0] if known else ""
            if number.isdecimal():
                return number
    return "10001"
