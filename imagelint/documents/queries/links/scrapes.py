"""Whether what a monitor selects has the ports that it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.links.ports import pod_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.fact import Fact
    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.wiring.nodes import Monitor, Service
    from imagelint.documents.queries.links.scope import Scope


class UnknownPort(NamedTuple):
    """A port that a monitor asks and nothing that it selects has.

    `names` are those that are there, `meant` is the one whose number is written. `certain` is true
    where nothing else can be selected.
    """

    place: Node
    port: str
    names: tuple[str, ...]
    meant: str
    certain: bool


class _Ports(NamedTuple):
    """The names of ports, some by their numbers; unknown names are None."""

    names: frozenset[str] | None
    numbers: dict[str, str]
    here: bool


def unknown_ports(monitor: Monitor, scope: Scope) -> Iterator[UnknownPort]:
    """The ports that a monitor asks in vain."""
    asked = [one for one in monitor.endpoints if isinstance(one.port, Known)]
    ports = _in_sight(monitor, scope) if asked else None
    for one in asked:
        port = one.port.value if isinstance(one.port, Known) else ""
        if ports is None or ports.names is None:
            if one.refused:
                yield UnknownPort(one.place, port, (), "", certain=True)
        elif port not in ports.names:
            names = tuple(sorted(ports.names))
            yield UnknownPort(one.place, port, names, ports.numbers.get(port, ""), ports.here)


def _in_sight(monitor: Monitor, scope: Scope) -> _Ports | None:
    """The ports of what a monitor selects; None where that cannot be told."""
    if not monitor.selector.known or not isinstance(monitor.namespaces, Known):
        return None
    ports = _of_pods(monitor, scope) if monitor.selects == "Pod" else _of_services(monitor, scope)
    if ports is not None and not ports.here and any(map(scope.is_open, monitor.namespaces.value)):
        return None  # pods that an operator makes are meant, and have the same labels
    return ports


def _of_services(monitor: Monitor, scope: Scope) -> _Ports | None:
    if not isinstance(monitor.namespaces, Known):
        return None
    found = scope.services(monitor.selector, monitor.namespaces.value)
    services = [one for _, one in found.nodes]
    if not services or any(one.object.incomplete or not one.ports for one in services):
        return None
    names = _known([port.called for one in services for port in one.ports])
    return _Ports(names, _numbered(services), found.here)


def _numbered(services: list[Service]) -> dict[str, str]:
    """The names of ports by their numbers, and by those of their targets."""
    found: dict[str, str] = {}
    for port in (port for one in services for port in one.ports):
        for fact in (port.port, port.target):
            if port.name and isinstance(fact, Known):
                found.setdefault(str(fact.value), port.name)
    return found


def _of_pods(monitor: Monitor, scope: Scope) -> _Ports | None:
    if not isinstance(monitor.namespaces, Known) or len(monitor.namespaces.value) != 1:
        return None
    found = scope.pods(monitor.selector, monitor.namespaces.value[0])
    pods = [scope.pod(at, place) for at, place in found.nodes if place.settled]
    names = [pod_ports(pod) for pod in pods if pod is not None]
    known = [one.value for one in names if isinstance(one, Known)]
    if not known or len(known) < len(found.nodes):
        return None
    numbers = {
        str(port.number): port.name
        for pod in pods
        if pod is not None
        for container in pod.containers
        for port in container.runtime.ports
        if port.name
    }
    return _Ports(frozenset[str]().union(*known), numbers, found.here)


def _known(facts: list[Fact[str]]) -> frozenset[str] | None:
    if UNKNOWN in facts:
        return None
    return frozenset(fact.value for fact in facts if isinstance(fact, Known))
