"""Whether somebody listens where a Service leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count
from imagelint.documents.queries.links.ports import listens_on, only_listener, pod_ports
from imagelint.documents.queries.links.scope import selected
from imagelint.documents.runtime.field import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.kubernetes.wiring.nodes import Selector, Service, ServicePort
    from imagelint.documents.queries.links.ports import Listener
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.serving.command import ServingCommand

_OUTSIDE = "ExternalName"
_MOST_PODS = 16
"""Where a selector is met by more templates, they are variants, and some port will be there."""


class Target(NamedTuple):
    """A pod behind a Service, with its servers."""

    pod: Pod
    servers: tuple[ServingCommand, ...]


class Unserved(NamedTuple):
    """A port that leads to nobody: a name or a number, and where it is written.

    `names` are the names that the pods have, `declared` the numbers, `listener` is the server of
    which it is known where it listens. `here` tells that all that matters stands in the same file.
    `field` is where the target is written, empty for a published port.
    """

    place: Place
    target: str
    names: tuple[str, ...]
    declared: tuple[int, ...]
    listener: Listener | None
    here: bool
    field: str = "targetPort"


class Targets(NamedTuple):
    """The pods behind a Service, if all of them are known; `here`: in the same file."""

    targets: list[Target]
    here: bool


def targets_of(service: Service, scope: Scope) -> Targets:
    """The nearest pods that a Service selects; none where one of them is not known whole."""
    selector = service.selected
    if not selector.known or value_or(service.type, "") == _OUTSIDE:
        return Targets([], here=False)
    namespace = service.object.namespace
    key = ("pods behind", *selected(selector, namespace))
    return scope.once(key, lambda: _behind(selector, namespace, scope))


def _behind(selector: Selector, namespace: str, scope: Scope) -> Targets:
    found = scope.pods(selector, namespace)
    if len(found.nodes) > _MOST_PODS:
        return Targets([], here=False)
    pods = [(at, scope.pod(at, place)) for at, place in found.nodes if place.settled]
    targets = [Target(pod, scope.servers(at, pod)) for at, pod in pods if pod is not None]
    return Targets(targets if len(targets) == len(found.nodes) else [], found.here)


def unserved_ports(service: Service, scope: Scope) -> Iterator[Unserved]:
    """The ports of a Service on which none of its pods listens."""
    targets, here = targets_of(service, scope)
    for port in service.ports if targets else ():
        target, number = port_target(port)
        if target and not (service.headless and number) and _is_unserved(target, number, targets):
            one = _unserved(port, target, targets, here=here)
            # Few declare all ports: a number that is written may be another one of them.
            if one.listener is not None or not number or port.target is ABSENT:
                yield one


def _is_unserved(name: str, number: int, targets: list[Target]) -> bool:
    if number:
        return not any(listens_on(one.pod, one.servers, number) for one in targets)
    ports = [pod_ports(one.pod) for one in targets]
    return all(isinstance(one, Known) and name not in one.value for one in ports)


def port_target(port: ServicePort) -> tuple[str, int]:
    """The target of a port as it is written, and as a number if it is one."""
    fact = port.target
    if fact is ABSENT:
        number = port.port.value if isinstance(port.port, Known) else 0
        return str(number or ""), number
    if not isinstance(fact, Known):
        return "", 0
    return fact.value, parse_count(fact.value) or 0


def _unserved(port: ServicePort, target: str, targets: list[Target], *, here: bool) -> Unserved:
    field = port.field if isinstance(port.target, Known) else "port"
    fact = port.target if isinstance(port.target, Known) else port.port
    span = fact.span if isinstance(fact, Known) and fact.span else port.span
    containers = [one for each in targets for one in each.pod.containers if one.serves]
    declared = {one.number for each in containers for one in each.runtime.ports}
    called = {name for each in targets for name in value_or(pod_ports(each.pod), ())}
    listeners = [one for each in targets for one in only_listener(each.servers)]
    only = listeners[0] if len(listeners) == len(containers) == 1 else None
    place = Place(span, f"{port.path}.{field}")
    return Unserved(
        place=place,
        target=target,
        names=tuple(sorted(called)),
        declared=tuple(sorted(declared)),
        listener=only,
        here=here,
        field=port.field,
    )
