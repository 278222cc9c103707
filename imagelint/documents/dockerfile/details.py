"""What few rules ask of an image: read when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.documents.dockerfile.model import HealthCheck
    from imagelint.documents.runtime.details import Neighbours, Resources
    from imagelint.documents.runtime.privileges import HostNamespaces, Privileges
    from imagelint.documents.runtime.probe import Probes
    from imagelint.documents.runtime.shutdown import Shutdown


class ImageDetails:
    """The details of an image: all but its health check is said by whoever runs it."""

    __slots__ = ("_health",)

    def __init__(self, health: HealthCheck | None) -> None:
        self._health = health

    @property
    def probes(self) -> Probes:
        """Its HEALTHCHECK."""
        from imagelint.documents.dockerfile.probes import read_probes

        return read_probes(self._health)

    @property
    def host(self) -> HostNamespaces:
        """Nothing is known of a host."""
        from imagelint.documents.runtime.privileges import HostNamespaces

        return HostNamespaces()

    @property
    def privileges(self) -> Privileges:
        """Nothing is known of them."""
        from imagelint.documents.runtime.privileges import Privileges

        return Privileges()

    @property
    def shutdown(self) -> Shutdown:
        """Whoever runs it says it."""
        from imagelint.documents.runtime.shutdown import Shutdown

        return Shutdown()

    @property
    def service_links(self) -> Fact[bool]:
        """Whoever runs it says it."""
        return UNKNOWN

    @property
    def resources(self) -> Resources:
        """Nothing is known of them."""
        from imagelint.documents.runtime.details import Resources

        return Resources()

    @property
    def together(self) -> Neighbours:
        """Nothing is known of others."""
        from imagelint.documents.runtime.details import Neighbours

        return Neighbours()
