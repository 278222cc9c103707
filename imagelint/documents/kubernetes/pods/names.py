"""The names in a pod: whether each is there, and there once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.pods.operated import nearest, workload_of
from imagelint.documents.kubernetes.pods.shapes import keeps_template
from imagelint.documents.quantity import parse_count
from imagelint.documents.runtime.field import Field
from imagelint.documents.yaml.nodes import Mapping, Sequence
from imagelint.knowledge.kubernetes.operators import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.fact import Fact
    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import Container, Pod
    from imagelint.documents.yaml.cursor import Cursor

_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


class Repeated(NamedTuple):
    """A name that a pod, or one of its containers, has given before; `what` says to what."""

    what: str
    name: str
    place: Node
    first: Node


def port_names(container: Container) -> Fact[frozenset[str]]:
    """The names of the ports of a container; unknown where these are not certainly all."""
    ports = container.body["ports"]
    written = isinstance(ports.node, Sequence) or not ports.exists or ports.null
    facts = [port["name"].text() for port in ports.items()]
    if not written or UNKNOWN in facts or container.partial or not keeps_template(container.owner):
        return UNKNOWN
    return Known(frozenset(fact.value for fact in facts if isinstance(fact, Known)))


def unmet_mounts(container: Container) -> Iterator[Field[str]]:
    """The names of the volumes that a container mounts and its pod certainly does not have.

    None is certain where a template, a patch or an operator may add some.
    """
    adds = workload_of(container.owner).adds  # to any container, for others may share it
    unfinished = container.image is not None and container.image.malformed is not None
    if container.partial or unfinished or adds.volumes or adds.shared_memory:
        return
    defined = volume_names(container.spec)
    if defined is None:
        return
    for key in ("volumeMounts", "volumeDevices"):
        for mount in container.body[key].items():
            name = mount["name"].text()
            if isinstance(name, Known) and name.value not in defined:
                yield Field(name, mount["name"])


def undeclared_probe_ports(container: Container) -> Iterator[tuple[str, Field[str]]]:
    """The probes of a container that ask a port by a name which it certainly does not declare.

    Each by its title, with the name. The kubelet knows the names of the same container only:
    kubernetes/kubernetes:pkg/probe/util.go (ResolveContainerPort).
    """
    ports = container.body["ports"]
    names = [one["name"].text() for one in ports.items()]
    listed = not ports.exists or ports.null or isinstance(ports.node, Sequence)
    if container.partial or container.adds is not NOTHING or not listed or UNKNOWN in names:
        return
    declared = {name.value for name in names if isinstance(name, Known)}
    probes = container.runtime.probes
    for fact in (probes.startup, probes.readiness, probes.liveness):
        port = fact.value.check.port if isinstance(fact, Known) else None
        if port is None or not isinstance(port.value, Known) or port.value.value in declared:
            continue
        named = parse_count(port.value.value) is None and not port.value.value.startswith("$")
        if isinstance(fact, Known) and named:  # what begins so is filled in before it is applied
            yield fact.value.title, port


def repeated_names(pod: Pod) -> Iterator[Repeated]:
    """The names that must be unique and are not: of volumes, containers, mounts and ports.

    kubernetes/kubernetes:pkg/apis/core/validation/validation.go (ValidateVolumes,
    validateContainers, ValidateVolumeMounts, validateContainerPorts)
    """
    spec = pod.spec
    yield from _repeated("volume", (volume["name"] for volume in spec["volumes"].items()))
    containers = [one for key in _CONTAINERS for one in spec[key].items()]
    yield from _repeated("container", (one["name"] for one in containers))
    for one in containers:
        mounts = (mount["mountPath"] for mount in one["volumeMounts"].items())
        yield from _repeated("mount path", mounts)
        yield from _repeated("port", (port["name"] for port in one["ports"].items()))


def volume_names(spec: Cursor) -> frozenset[str] | None:
    """The names of the volumes of a pod; None where not all of them are known."""
    if nearest(spec, ("volumeClaimPolicies",)) is not None:
        return None  # of which a JobSet makes claims
    claims = nearest(spec, ("volumeClaimTemplates",))
    names = _names(spec["volumes"], ())
    claimed = frozenset[str]() if claims is None else _names(claims, ("metadata",))
    return None if names is None or claimed is None else names | claimed


def _names(place: Cursor, keys: tuple[str, ...]) -> frozenset[str] | None:
    if not place.exists or place.null:
        return frozenset()
    if not isinstance(place.node, Sequence):
        return None
    found: set[str] = set()
    for item in place.items():
        name = item.at(*keys, "name").text()
        if not isinstance(item.node, Mapping) or not isinstance(name, Known):
            return None
        found.add(name.value)
    return frozenset(found)


def _repeated(what: str, places: Iterable[Cursor]) -> Iterator[Repeated]:
    seen: dict[str, Cursor] = {}
    for place in places:
        name = place.word()
        if name and seen.setdefault(name, place) is not place:
            yield Repeated(what, name, place, seen[name])
