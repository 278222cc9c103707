"""Questions about how much a pod may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.execution import names_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.kubernetes.objects import Container, Pod
    from imagelint.documents.runtime.field import Field
    from imagelint.documents.runtime.model import Runtime
    from imagelint.documents.runtime.privileges import Confinement, Switched

T = TypeVar("T")

SAY_WINDOWS = "say `os: {name: windows}` in the pod: admission asks nothing of this then"
"""The advice for pods of Windows that only a node selector tells."""


def works_for_node(subject: Container | Pod | ComposeService) -> bool:
    """Whether it does the work of its host, as a DaemonSet or by what its image is."""
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.knowledge.containers.node_agents import is_node_agent_image

    containers = subject.containers if isinstance(subject, Pod) else (subject,)
    owner = getattr(subject, "owner", None)
    if owner is not None and owner.is_node_agent:
        return True
    images = (one.image.known for one in containers if one.image is not None)
    return any(image is not None and is_node_agent_image(image) for image in images)


def prepares_host(container: Container | ComposeService) -> bool:
    """Whether it only tells the kernel of its host how foreign programs are run."""
    from imagelint.knowledge.containers.node_agents import registers_emulators

    image = container.image.known if container.image is not None else None
    return image is not None and registers_emulators(image)


def may_be_root(container: Container) -> bool:
    """Whether nothing keeps a container from running as root: root is not refused."""
    refused = container.privileges.non_root.value
    return refused is ABSENT or (isinstance(refused, Known) and not refused.value)


def names_user(container: Container) -> bool:
    """Whether a container is told as whom it runs, be it by what a template fills in."""
    return container.privileges.user.value is not ABSENT


def is_root(user: Field[str]) -> bool:
    """Whether a user is certainly root."""
    return isinstance(user.value, Known) and names_root(user.value.value)


def pins_memory(pod: Pod) -> bool:
    """Whether a container of the pod adds IPC_LOCK, as GPUDirect RDMA and RoCE need it."""
    return any(
        isinstance(added.value, Known) and added.value.value == "IPC_LOCK"
        for container in pod.containers
        for added in known_items(container.privileges.added)
    )


def reaches_rdma(runtime: Runtime) -> bool:
    """Whether a container asks for a device that reads and writes the memory of others."""
    from imagelint.knowledge.kubernetes.resources import is_rdma

    resources = runtime.resources
    return any(
        is_rdma(one.name)
        for listed in (resources.limits, resources.requests)
        if isinstance(listed, Known)
        for one in listed.value
    )


def capability_name(written: str) -> str:
    """A capability as the Pod Security Standards spell it, whatever way a runtime takes."""
    return written.upper().removeprefix("CAP_")


def known_items(field: Field[tuple[Field[str], ...]]) -> tuple[Field[str], ...]:
    """The items of a list, none where it is absent or unknown."""
    return field.value.value if isinstance(field.value, Known) else ()


def lacks_seccomp(container: Container) -> bool:
    """Whether neither a container nor its pod names a seccomp profile that would hold for it."""
    privileges = container.privileges
    return not privileges.privileged.on and privileges.seccomp.value is ABSENT


def is_unconfined(profile: Field[str]) -> bool:
    """Whether a profile of seccomp or AppArmor is none at all."""
    return isinstance(profile.value, Known) and profile.value.value == "Unconfined"


class OpenPlace(NamedTuple):
    """Where something is left open, the name of what leaves it open, and how to speak of it.

    `taken` is false for what a pod says and each of its containers says otherwise.
    """

    place: Node
    name: str
    what: str
    taken: bool = True


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
    pod: Pod, is_told: Callable[[Field[T]], bool], field: Callable[[Container | Pod], Field[T]]
) -> tuple[OpenPlace, ...]:
    """Where something is told to containers: once where their pod says it, else at each of them."""
    whole = field(pod)
    own = [(container, field(container)) for container in pod.containers]
    found: list[OpenPlace] = []
    if is_told(whole):
        taken = any(place.path == whole.path for _, place in own)
        found.append(OpenPlace(whole, pod.owner.name, "pod", taken))
    for container, place in own:
        if is_told(place) and place.path != whole.path:
            found.append(OpenPlace(place, container.name, f"container `{container.name}`"))
    return tuple(found)


def switched_off(service: ComposeService, what: Confinement) -> Iterator[Switched]:
    """The options by which a service switches a confinement off; none where it is privileged."""
    privileges = service.runtime.privileges
    found = privileges.unconfined.value
    for switched in found.value if isinstance(found, Known) else ():
        if switched.what is what and not privileges.privileged.on:
            yield switched


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
