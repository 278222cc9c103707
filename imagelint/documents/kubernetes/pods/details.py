"""What few rules ask of a container: read when it is asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.kubernetes.pods.privileges import host_namespaces, read_privileges
from imagelint.documents.runtime.details import Neighbour, Neighbours, Resource, Resources
from imagelint.documents.runtime.field import Field, Place
from imagelint.documents.yaml.nodes import Mapping

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.runtime.privileges import HostNamespaces, Privileges
    from imagelint.documents.runtime.probe import Probes
    from imagelint.documents.runtime.shutdown import Shutdown
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.knowledge.kubernetes.operators import Additions


class Together:
    """The containers that run as long as their pod, sidecars included, read once for all."""

    def __init__(self, bodies: tuple[Cursor, ...]) -> None:
        self.bodies = bodies

    @cached_property
    def neighbours(self) -> Neighbours:
        """What each tells the others."""
        return Neighbours(
            tuple(
                Neighbour(named_at(body), body["name"].word(), body["ports"].exists, _ports(body))
                for body in self.bodies
            )
        )


class ContainerDetails:
    """The details of a container of a pod, and of those that run as long as it.

    `adds` is what an operator adds to it.
    """

    def __init__(self, body: Cursor, spec: Cursor, together: Together, adds: Additions) -> None:
        self._adds = adds
        self._body = body
        self._spec = spec
        self._together = together

    @cached_property
    def probes(self) -> Probes:
        """Who asks it how it is."""
        from imagelint.documents.kubernetes.pods.probes import read_probes

        return read_probes(self._body, self._adds.probes)

    @cached_property
    def host(self) -> HostNamespaces:
        """The namespaces of its node that it shares."""
        return host_namespaces(self._spec)

    @cached_property
    def privileges(self) -> Privileges:
        """How much it may do."""
        return read_privileges(self._body, self._spec, self._adds.privileges)

    @cached_property
    def resources(self) -> Resources:
        """What it asks for and may use."""
        place = self._body["resources"]
        requests, limits = _quantities(place["requests"]), _quantities(place["limits"])
        if self._adds.resources:
            requests = UNKNOWN if requests is ABSENT else requests
            limits = UNKNOWN if limits is ABSENT else limits
        return Resources(requests, limits)

    @cached_property
    def shutdown(self) -> Shutdown:
        """How the kubelet stops it."""
        from imagelint.documents.kubernetes.pods.shutdown import read_shutdown

        return read_shutdown(self._body, self._spec)

    @property
    def service_links(self) -> Fact[bool]:
        """Yes, unless the pod says no."""
        said = self._spec["enableServiceLinks"].boolean()
        return Known(value=True) if said is ABSENT else said

    @property
    def together(self) -> Neighbours:
        """The containers that run as long as the pod, sidecars included."""
        return self._together.neighbours


def _ports(body: Cursor) -> tuple[int, ...]:
    numbers = (port["containerPort"].integer() for port in body["ports"].items())
    return tuple(number.value for number in numbers if isinstance(number, Known))


def named_at(body: Cursor) -> Span:
    """Where a container is named, or begins."""
    name = body["name"]
    return name.span if name.exists else body.key_span


def _quantities(place: Cursor) -> Fact[tuple[Resource, ...]]:
    if not place.exists or place.null:
        return ABSENT
    if not isinstance(place.node, Mapping):
        return UNKNOWN
    found = (
        Resource(name, Field(entry.text(), entry), Place(entry.key_span, entry.path))
        for name, entry in place.entries()
    )
    return Known(tuple(found), place.span)
