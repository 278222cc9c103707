"""Published ports, in short and in long form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.reference import UNKNOWN_PART
from imagelint.documents.compose.model import PublishedPort
from imagelint.documents.compose.values import parts, value, word
from imagelint.documents.quantity import parse_port
from imagelint.documents.runtime.model import ContainerPort
from imagelint.documents.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.base import Node
    from imagelint.documents.yaml.cursor import Cursor

# https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports
_SHORT = pattern(
    r"(?:(?:(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+):)?(?P<published>[^:]*):)?"
    r"(?P<target>[^:/]+)(?:/(?P<protocol>\w+))?"
)


def read_ports(service: Cursor) -> tuple[PublishedPort, ...]:
    """The ports that a service publishes, in source order."""
    return tuple(_port(place) for place in service["ports"].items())


def _port(place: Cursor) -> PublishedPort:
    node = place.node
    if isinstance(node, Mapping):
        return PublishedPort(
            place.key_span,
            value(place["host_ip"]),
            value(place["published"]),
            value(place["target"]),
            word(place["protocol"]) or "tcp",
            place.path,
        )
    match = _SHORT.fullmatch(parts(place)) if isinstance(node, Scalar) else None
    if match is None:
        return PublishedPort(place.span, UNKNOWN, UNKNOWN, UNKNOWN, "tcp", place.path)
    return PublishedPort(
        place.span,
        _part(match["host"], place.span),
        _part(match["published"], place.span),
        _part(match["target"], place.span),
        match["protocol"] or "tcp",
        place.path,
    )


def _part(text: str | None, span: Span) -> Fact[str]:
    if not text:
        return ABSENT
    return UNKNOWN if UNKNOWN_PART in text else Known(text.strip("[]"), span)


def container_ports(ports: tuple[PublishedPort, ...], service: Cursor) -> tuple[ContainerPort, ...]:
    """The single ports of the container that are published or exposed."""
    targets: list[tuple[Fact[str], Node]] = [(port.target, port) for port in ports]
    targets += [(value(place), place) for place in service["expose"].items()]
    found: dict[int, Node] = {}
    for fact, place in targets:
        number = parse_port(fact.value.partition("/")[0]) if isinstance(fact, Known) else None
        if number is not None:
            found.setdefault(number, place)
    return tuple(ContainerPort(number, place) for number, place in found.items())
