"""On which ports servers are asked for their metrics, and on which they show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.quantity import parse_count
from imagelint.documents.queries.links.ports import metrics_port
from imagelint.documents.queries.links.targets import port_target, targets_of
from imagelint.documents.queries.monitoring.servers import servers_of_pod

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.wiring.nodes import Endpoint, Monitor, Service
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.queries.links.targets import Target
    from imagelint.documents.runtime.field import Field
    from imagelint.documents.serving.command import ServingCommand

# What may have another port asked than is written: of prometheus-operator and its kin.
_REWRITING = ("relabelings", "relabelConfigs")
_NUMBERED = ("portNumber", "targetPort")
# So many of what a monitor selects are looked at.
_MOST = 16


class Asked(NamedTuple):
    """A pod with its servers, and the port on which it is asked: 0 where that is not known.

    `names` are what its ports are called by whoever asks, by their numbers.
    """

    pod: Pod
    servers: tuple[ServingCommand, ...]
    port: int
    names: dict[int, str]


class MistakenPort(NamedTuple):
    """A port that is asked for metrics, and the one on which the server shows them.

    `name` is how that one is called where a name is wanted, empty where it has none.
    """

    place: Node
    port: int
    shown: int
    server: ServingCommand
    name: str = ""


def mistaken_ports(monitor: Monitor, scope: Scope) -> Iterator[MistakenPort]:
    """The ports that a monitor asks of model servers that show their metrics on others.

    Nothing is told unless that is so of all pods that it selects.
    """
    if not monitor.selector.known or not isinstance(monitor.namespaces, Known):
        return
    for endpoint in monitor.endpoints:
        above = endpoint.place.parent
        if above is None or any(above[name].exists for name in _REWRITING):
            continue
        written = [endpoint.place, *(above[name] for name in _NUMBERED)]
        place = next((one for one in written if one.exists), endpoint.place)
        found = mistaken(_asked(monitor, endpoint, scope), place)
        if found is not None:
            yield found


def annotated_port(
    asked: Field[int], pods: Iterable[tuple[Pod, tuple[ServingCommand, ...]]]
) -> MistakenPort | None:
    """The port that annotations of a pod, or a Service, have asked in vain."""
    port = value_or(asked.value, 0)
    return mistaken((Asked(pod, servers, port, {}) for pod, servers in pods), asked.place)


def scraped_pods(
    asked: Pod | Service, scope: Scope
) -> list[tuple[Pod, tuple[ServingCommand, ...]]]:
    """The pods that annotations have asked, with their servers: a pod, or those of a Service."""
    if isinstance(asked, Pod):
        return [] if asked.partial else [(asked, servers_of_pod(asked, scope))]
    return [(one.pod, one.servers) for one in targets_of(asked, scope).targets]


def mistaken(asked: Iterable[Asked], place: Node) -> MistakenPort | None:
    """A port that is none of metrics in all pods that are asked; None where one may show them."""
    found = None
    for one in asked:
        server = _alone(one)
        shown = metrics_port(server) if server is not None else 0
        if server is None or not shown or one.port in {0, shown}:
            return None
        found = found or MistakenPort(place, one.port, shown, server, one.names.get(shown, ""))
    return found


def _alone(asked: Asked) -> ServingCommand | None:
    """The only server of a pod, where no other container may answer on the port."""
    if len(asked.servers) != 1:
        return None
    own = asked.servers[0].launch.runtime.span
    others = [one for one in asked.pod.containers if one.serves and one.runtime.span != own]
    ports = [[port.number for port in one.runtime.ports] for one in others]
    return asked.servers[0] if all(each and asked.port not in each for each in ports) else None


def _asked(monitor: Monitor, endpoint: Endpoint, scope: Scope) -> Iterator[Asked]:
    namespaces = monitor.namespaces.value if isinstance(monitor.namespaces, Known) else ()
    if monitor.selects == "Pod":
        for namespace in namespaces:
            for at, place in scope.pods(monitor.selector, namespace).nodes[:_MOST]:
                pod = scope.pod(at, place) if place.settled else None
                if pod is not None:
                    yield _of_pod(pod, scope.servers(at, pod), endpoint)
        return
    for _, service in scope.services(monitor.selector, namespaces).nodes[:_MOST]:
        for target in targets_of(service, scope).targets:
            yield _of_service(service, target, endpoint)


def _of_pod(pod: Pod, servers: tuple[ServingCommand, ...], endpoint: Endpoint) -> Asked:
    ports = [port for one in pod.containers for port in one.runtime.ports]
    names = {port.number: port.name for port in ports}
    if isinstance(endpoint.port, Known):
        return Asked(pod, servers, number_of(pod, endpoint.port.value), names)
    told = endpoint.number.value if isinstance(endpoint.number, Known) else ""
    return Asked(pod, servers, number_of(pod, told), {})


def _of_service(service: Service, target: Target, endpoint: Endpoint) -> Asked:
    ports = [(port.name, number_of(target.pod, port_target(port)[0])) for port in service.ports]
    if isinstance(endpoint.port, Known):
        port = dict(ports).get(endpoint.port.value, 0) if endpoint.port.value else 0
        names = {number: name for name, number in ports}
        return Asked(target.pod, target.servers, port, names)
    told = endpoint.number.value if isinstance(endpoint.number, Known) else ""
    return Asked(target.pod, target.servers, number_of(target.pod, told), {})


def number_of(pod: Pod, port: str) -> int:
    """The number of a port that is written as one, or as its name in a pod; 0 without one."""
    named = (one for each in pod.containers for one in each.runtime.ports if one.name == port)
    found = next(named, None) if port else None
    return found.number if found is not None else parse_count(port) or 0
