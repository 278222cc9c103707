"""What a pod and its containers say themselves of what the Pod Security Standards restrict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.runtime.field import Field, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import Container, Pod
    from imagelint.documents.yaml.cursor import Cursor

_ASKED = (
    ("startupProbe",),
    ("livenessProbe",),
    ("readinessProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)


class Stated(NamedTuple):
    """What is said at a place, the name of who says it, and how to speak of it.

    `on` tells whether that certainly is yes. `container` is None where the pod says it.
    """

    said: Field[str]
    name: str
    what: str
    on: bool = False
    container: Container | None = None

    @property
    def privileged(self) -> bool:
        """Whether it is said of a privileged container, which nothing of it holds for."""
        return self.container is not None and self.container.privileges.privileged.on


def stated(pod: Pod, *keys: str) -> Iterator[Stated]:
    """What the security contexts of a pod and of its containers say under the keys, in order."""
    alone = any(container.alone for container in pod.containers)
    whole = pod.spec.at("securityContext", *keys)
    if whole.exists and not alone:
        yield _stated(whole, pod.owner.name, "pod")
    for container in pod.containers:
        own = container.body.at("securityContext", *keys)
        if own.exists:
            what = f"container `{container.name}`"
            yield _stated(own, container.name, what)._replace(container=container)


def own_replicas(pod: Pod) -> Field[int] | None:
    """How many of a pod a workload with a selector says to make, with its key.

    Of what makes groups of pods that is told of the pods that lead them.
    """
    place = pod.owner.body.at("spec", "replicas")
    leads = pod.group is not None and pod.group.leads
    if (pod.selector is None and not leads) or not place.exists:
        return None
    span = Span(place.key_span.start, max(place.key_span.end, place.span.end))
    return Field(place.integer(), Place(span, place.path))


def _stated(place: Cursor, name: str, what: str) -> Stated:
    return Stated(Field(place.text(), place), name, what, Field(place.boolean(), place).on)


def annotated(pod: Pod, prefix: str) -> Iterator[tuple[str, Field[str]]]:
    """The annotations of the pods themselves whose names begin so, by the rest of them."""
    for key, place in pod.template.at("metadata", "annotations").entries():
        name = key.removeprefix(prefix)
        if name != key:
            yield name, Field(place.text(), place)


def sysctls(pod: Pod) -> Iterator[Field[str]]:
    """The names of the parameters of the kernel that a pod sets."""
    for sysctl in pod.spec.at("securityContext", "sysctls").items():
        yield Field(sysctl["name"].text(), sysctl["name"])


def host_ports(container: Container) -> Iterator[Field[int]]:
    """The ports of its node that a container names."""
    for port in container.body["ports"].items():
        yield Field(port["hostPort"].integer(), port["hostPort"])


def asked_hosts(container: Container) -> Iterator[tuple[str, Field[str]]]:
    """The hosts that the probes and hooks of a container ask, by the probe or hook."""
    for keys in _ASKED:
        asking = container.body.at(*keys)
        for way in ("httpGet", "tcpSocket") if asking.exists else ():
            place = asking.at(way, "host")
            yield keys[-1], Field(place.text(), place)
