"""What few rules ask of a container: read when it is asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from imagelint.core.fact import UNKNOWN, Fact
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from imagelint.core.source import Span
    from imagelint.documents.runtime.field import Field, Place
    from imagelint.documents.runtime.privileges import HostNamespaces, Privileges
    from imagelint.documents.runtime.probe import Probes
    from imagelint.documents.runtime.shutdown import Shutdown


class Resource(NamedTuple):
    """A resource that is requested or limited: its name, and the quantity as it is written.

    `place` is where it is named.
    """

    name: str
    quantity: Field[str]
    place: Place


class Resources(NamedTuple):
    """What a container asks for and may use; absent where nothing is written."""

    requests: Fact[tuple[Resource, ...]] = UNKNOWN
    limits: Fact[tuple[Resource, ...]] = UNKNOWN


class Neighbour(NamedTuple):
    """A container that shares its network with others, and runs as long as they do.

    `ports` are the numbers of those that it declares, as far as they are known.
    """

    span: Span
    name: str
    declares_ports: bool
    ports: tuple[int, ...] = ()


class Neighbours:
    """The containers that share a network, and what those beside one of them do.

    Each of thousands may ask about all others: the answers do not look through them.
    """

    def __init__(self, containers: tuple[Neighbour, ...] = ()) -> None:
        self.containers = containers
        self._all = frozenset(one.span for one in containers)

    @cached_property
    def _declaring(self) -> frozenset[Span]:
        return frozenset(one.span for one in self.containers if one.declares_ports)

    @cached_property
    def _by_port(self) -> Mapping[int | None, set[Span]]:
        """Those of which each port is known; under None those of which no port is."""
        found: dict[int | None, set[Span]] = {}
        for one in self.containers:
            for port in one.ports or (None,):
                found.setdefault(port, set()).add(one.span)
        return found

    def are_beside(self, own: Span) -> bool:
        """Whether there are others than the one at a place."""
        return _others(self._all, own)

    def declare_ports_beside(self, own: Span) -> bool:
        """Whether one of the others declares a port."""
        return _others(self._declaring, own)

    def may_listen_beside(self, own: Span, port: int) -> bool:
        """Whether one of the others declares that port, or none that is known."""
        return any(_others(self._by_port.get(key, ()), own) for key in (port, None))


def _others(spans: Collection[Span], own: Span) -> bool:
    return len(spans) > (own in spans)


class Details(Protocol):
    """What few rules ask: it is read when it is asked for."""

    @property
    def probes(self) -> Probes:
        """Who asks the container how it is."""
        ...

    @property
    def host(self) -> HostNamespaces:
        """The namespaces of its host that it shares."""
        ...

    @property
    def privileges(self) -> Privileges:
        """How much it may do."""
        ...

    @property
    def resources(self) -> Resources:
        """What it asks for and may use."""
        ...

    @property
    def service_links(self) -> Fact[bool]:
        """Whether it gets variables for the Services of its namespace."""
        ...

    @property
    def shutdown(self) -> Shutdown:
        """How it is stopped."""
        ...

    @property
    def together(self) -> Neighbours:
        """The containers that share its network, itself among them."""
        ...
