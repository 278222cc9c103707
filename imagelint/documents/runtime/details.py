"""What few rules ask of a container: read when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imagelint.core.fact import UNKNOWN, Fact
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
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
    def together(self) -> tuple[Neighbour, ...]:
        """The containers that share its network, itself among them."""
        ...
