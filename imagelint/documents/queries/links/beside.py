"""Whether a client in a service of compose looks for its server in its own container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import value_or
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.proxies.upstreams import LOCAL
from imagelint.documents.quantity import parse_port
from imagelint.documents.queries.links.ports import only_listener
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.shared import EnvVar
from imagelint.knowledge.serving.evidence import engine_of_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.queries.links.named import Named

# What a program asks by itself; what a browser is told has other names, or says so.
_ASKED = pattern(r"(?:[A-Z0-9]+_)*?(?:API_)?(?:BASE_URLS?|API_BASE|BASE_PATH)")
_BROWSER = pattern(
    r"(?:^|_)(?:PUBLIC|VITE|REACT|BROWSER|CLIENT|EXTERNAL|FRONTEND|WEBUI|SITE)(?:_|$)"
)


class Elsewhere(NamedTuple):
    """The service in which the server runs that is looked for, and its port there."""

    service: str
    port: int


def server_elsewhere(address: Named, subject: object, document: Document) -> Elsewhere | None:
    """Where the server runs that a variable of another service looks for on its own machine."""
    if document.kind != "compose" or address.host not in LOCAL or not isinstance(subject, EnvVar):
        return None
    if _ASKED.fullmatch(subject.name) is None or _BROWSER.search(subject.name):
        return None
    client = document.derived(_by_variable).get(subject.span)
    if client is None or _is_reached_otherwise(client, document):
        return None
    return document.derived(_by_port).get(address.port)


def _is_reached_otherwise(client: ComposeService, document: Document) -> bool:
    """Whether others are in the network of a service, or a server in its own image."""
    network = client.runtime.host.network
    if client.joined_network or network.on or client.image is None:
        return True
    if not document.derived(_joined_networks).isdisjoint(client.own_networks):
        return True
    return bool(engine_of_words(client.image.text))


def _joined_networks(document: Document) -> frozenset[str]:
    return frozenset(one.joined_network for one in document.nodes_of(ComposeService))


def _by_variable(document: Document) -> Mapping[Span, ComposeService]:
    return {
        one.span: service for service in document.nodes_of(ComposeService) for one in service.env
    }


def _by_port(document: Document) -> Mapping[int, Elsewhere]:
    """The only server that listens on each port, or is published on it."""
    listeners = {
        one.server.launch.span: one for one in only_listener(document.nodes_of(ServingCommand))
    }
    found: dict[int, set[Elsewhere]] = {}
    for service in document.nodes_of(ComposeService):
        listener = listeners.get(service.span)
        if listener is None:
            continue
        there = Elsewhere(service.name, listener.port)
        for published in service.ports:
            port = parse_port(value_or(published.published, ""))
            if port is not None:
                found.setdefault(port, set()).add(there)
        found.setdefault(listener.port, set()).add(there)
    return {port: places.pop() for port, places in found.items() if len(places) == 1}
