"""Whether somebody listens where the published ports of a service lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known, value_or
from imagelint.documents.quantity import parse_port
from imagelint.documents.queries.exposure.routes import service_of
from imagelint.documents.queries.health.asked import is_asked_itself, listens_besides
from imagelint.documents.queries.links.ports import Listener
from imagelint.documents.queries.links.targets import Unserved
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.options import PORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.compose.model import ComposeService, PublishedPort
    from imagelint.documents.serving.command import ServingCommand

_TCP = "tcp"
_OTHER_AMPERSANDS = ("&&", ">&", "&>", "<&", "|&")
_STAYING = (" start", "ssh", "jupyter", "tensorboard", "code-server", "dropbear")
"""What goes to the background by itself and listens, or is started there."""


def unserved_published(server: ServingCommand, document: Document) -> Iterator[Unserved]:
    """The published ports of a service none of which leads to its server.

    Where one does, the others are for something else. Nothing is published of a container in the
    network of the host, or of another one; others that are in its own may be meant.
    """
    service = service_of(server, document)
    port = server.effective(PORT)
    if service is None or not isinstance(port, Known) or not _is_alone(server, service, document):
        return
    found: list[Unserved] = []
    for published in service.ports:
        target = parse_port(value_or(published.target, ""))
        if target is None or target == port.value:
            return  # a range, or what is not known, may hold the server's
        if published.protocol == _TCP and not listens_besides(server, target):
            found.append(_unserved(published, target, Listener(server, port.value)))
    yield from found


def may_answer(server: ServingCommand, port: int, document: Document) -> bool:
    """Whether anybody may listen on a port of the service that starts a server."""
    service = service_of(server, document)
    if service is None or not _is_alone(server, service, document):
        return True
    return value_or(server.effective(PORT), port) == port or listens_besides(server, port)


def _is_alone(server: ServingCommand, service: ComposeService, document: Document) -> bool:
    """Whether nobody but a server can listen where its service is reached."""
    if not server.complete or server.worker or not is_asked_itself(server):
        return False
    network = server.launch.runtime.host.network
    if network.on or network.value is UNKNOWN or _is_shared(service, document):
        return False
    return not _starts_others(server)


def _is_shared(service: ComposeService, document: Document) -> bool:
    """Whether another service is in the network of a service."""
    return not document.derived(_joined_networks).isdisjoint(service.own_networks)


def _joined_networks(document: Document) -> frozenset[str]:
    """The networks of others in which the services of a document are."""
    services = getattr(document, "services", ())
    return frozenset(service.joined_network for service in services)


def _starts_others(server: ServingCommand) -> bool:
    """Whether a container starts what stays beside its server, or goes to the background."""
    text = "\n".join(server.launch.written)
    if any(one in text for one in _STAYING):
        return True
    for joint in _OTHER_AMPERSANDS:
        text = text.replace(joint, " ")
    return "&" in text


def _unserved(published: PublishedPort, target: int, listener: Listener) -> Unserved:
    """A port, where that of the container is written, or where all of it is in one word."""
    fact = published.target
    span = fact.span if isinstance(fact, Known) and fact.span else published.span
    return Unserved(
        place=Place(span, published.path),
        target=str(target),
        names=(),
        declared=(),
        listener=listener,
        here=listener.server.own_image,
        field="",
    )
