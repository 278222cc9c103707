"""On which ports the containers of a pod listen, and how these are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count
from imagelint.documents.queries.health.asked import is_asked_itself, listens_besides, starts_alone
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import PORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Pod


class Listener(NamedTuple):
    """A server of a known engine, and the only port on which it listens."""

    server: ServingCommand
    port: int


def pod_ports(pod: Pod) -> Fact[frozenset[str]]:
    """How the ports of a pod are called that stay as long as it does."""
    each = [one.port_names for one in pod.containers if one.serves]
    known = [one.value for one in each if isinstance(one, Known)]
    return Known(frozenset[str]().union(*known)) if len(known) == len(each) > 0 else UNKNOWN


def only_listener(servers: Iterable[ServingCommand]) -> tuple[Listener, ...]:
    """The servers of which the one port is known that they listen on."""
    found = ((server, _only_port(server)) for server in servers)
    return tuple(Listener(server, port) for server, port in found if port)


def _only_port(server: ServingCommand) -> int:
    facts = server.facts
    if facts is None or (facts.metrics is not None and facts.metrics.port is not None):
        return 0  # it has more than one
    if not server.complete or server.is_follower or server.worker:
        return 0
    port = server.effective(PORT)
    return port.value if isinstance(port, Known) else 0


def metrics_port(server: ServingCommand) -> int:
    """The port on which a server shows its metrics; 0 where that is not known."""
    facts = server.facts
    if facts is None or facts.metrics is None or not facts.metrics.prometheus:
        return 0
    metrics = facts.metrics
    if metrics.port is None:
        return _only_port(server)
    if not server.complete or server.is_follower or server.worker:
        return 0
    told = server.switch(metrics.port_flag) if metrics.port_flag else ABSENT
    if told is ABSENT:
        return metrics.port
    return parse_count(told.value) or 0 if isinstance(told, Known) else 0


def declares(pod: Pod, servers: tuple[ServingCommand, ...], port: int) -> bool:
    """Whether a container of a pod says that it listens on a port, or is a server that does."""
    if any(one.port == port for one in only_listener(servers)):
        return True
    ports = (one.number for each in pod.containers if each.serves for one in each.runtime.ports)
    return port in ports


def listens_on(pod: Pod, servers: tuple[ServingCommand, ...], port: int) -> bool:
    """Whether a container of a pod may listen on a port.

    Who neither says on which ports it listens, nor is a server whose port is known, may listen on
    any. What a container declares is believed, unless it is an engine's own image whose server is
    certainly told another port.
    """
    by_place = {one.server.launch.runtime.span: one for one in only_listener(servers)}
    for container in pod.containers:
        if not container.serves:
            continue
        only = by_place.get(container.span)
        if container.port_names is UNKNOWN or (only is not None and only.port == port):
            return True
        if only is not None and _listens_elsewhere(only, port):
            continue
        declared = container.runtime.ports
        if any(one.number == port for one in declared) or (only is None and not declared):
            return True
    return False


def taken_twice(pod: Pod, document: Document) -> Iterator[tuple[Listener, Listener]]:
    """Servers of a pod of which the second listens where the first does already.

    Several servers in one container are told apart by who starts them.
    """
    by_place = document.derived(_listeners_by_place)
    taken: dict[int, Listener] = {}
    for container in pod.containers:
        found = by_place.get(container.span) if container.serves else None
        if found is None or not starts_alone(found.server):
            continue
        first = taken.setdefault(found.port, found)
        if first is not found:
            yield first, found


def _listeners_by_place(document: Document) -> dict[Span, Listener]:
    found = only_listener(document.nodes_of(ServingCommand))
    return {one.server.launch.runtime.span: one for one in found}


def _listens_elsewhere(listener: Listener, port: int) -> bool:
    """Whether nobody in a container listens on a port, even if it is declared."""
    server = listener.server
    return starts_alone(server) and is_asked_itself(server) and not listens_besides(server, port)
