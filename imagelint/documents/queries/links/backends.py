"""Whether the Services to which routes lead are there, with their ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import pool_named, service_named
from imagelint.documents.kubernetes.wiring.nodes import POOL, POOL_GROUPS, SERVICE, Service
from imagelint.documents.queries.links.names import Name, Undefined, renamed, undefined
from imagelint.documents.queries.links.scope import same
from imagelint.documents.runtime.field import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.fact import Fact
    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.wiring.nodes import Backend, HTTPRoute, Ingress
    from imagelint.documents.kubernetes.wiring.routed import ServiceRoute
    from imagelint.documents.queries.links.scope import Found, Scope


# An annotation of the load balancer says where to, and the name is that of the annotation:
# aws-load-balancer-controller:docs/guide/ingress/annotations.md (actions)
_BY_ANNOTATION = "use-annotation"


class LostBackend(NamedTuple):
    """A backend whose Service is not there, or does not have its port, which is then `port`.

    `ports` are those that the Service has, by number. `kind` is what is meant: a Service or a pool.
    A pool that is not there under the group that is said has another `group`. `listed` is where the
    only Service of the name has its ports, with its origin.
    """

    place: Place
    service: str
    port: str
    undefined: Undefined | None
    ports: tuple[int, ...]
    certain: bool
    kind: str = SERVICE
    group: str = ""
    listed: tuple[str, Node] | None = None


def lost_backends(route: Ingress | HTTPRoute | ServiceRoute, scope: Scope) -> Iterator[LostBackend]:
    """The backends of a route that lead to nothing, each Service and port once."""
    seen = set()
    for backend in route.backends:
        if not isinstance(backend.service, Known):
            continue
        port, group = value_or(backend.port, ""), value_or(backend.group, "")
        said = (backend.service.value, port, backend.namespace, group)
        namespace = backend.namespace or route.object.namespace
        lost = _lost(backend, backend.service, namespace, scope)
        if lost is not None and said not in seen:
            yield lost
        seen.add(said)


def _lost(
    backend: Backend, service: Known[str], namespace: str, scope: Scope
) -> LostBackend | None:
    if value_or(backend.port, "") == _BY_ANNOTATION:
        return None
    name = service.value
    key = pool_named(name) if backend.kind == POOL else service_named(name)
    found = scope.nearest(key, Service, lambda one: same(one.object.namespace, namespace))
    if backend.kind == POOL and (misled := _other_group(backend, name, found)):
        return misled
    if not found.nodes or (not found.here and renamed(Name(backend.kind, name, namespace), scope)):
        why = undefined(Name(backend.kind, name, namespace, made=True), scope)
        place = Place(service.span or backend.span, backend.path)
        lost = why and LostBackend(place, name, "", why, (), why.certain)
        return lost and lost._replace(kind=backend.kind)
    # Whoever leads to a pool names no port: it has its own.
    port = ABSENT if backend.kind == POOL else backend.port
    if not isinstance(port, Known) or any(has_port(one, port.value) for _, one in found.nodes):
        return None
    place = Place(port.span or backend.span, backend.path)
    numbers = {
        each.port.value
        for _, one in found.nodes
        for each in one.ports
        if isinstance(each.port, Known)
    }
    ports = tuple(sorted(numbers))
    lost = LostBackend(place, name, port.value, None, ports, found.here)
    return lost._replace(listed=_listed(*found.nodes[0]) if len(found.nodes) == 1 else None)


def _listed(origin: str, service: Service) -> tuple[str, Node]:
    """Where a Service has its ports: an operator makes it of another object, where none are."""
    return origin, service.ports[0] if service.ports else service


def _other_group(backend: Backend, name: str, found: Found[Service]) -> LostBackend | None:
    """A pool that has another group than is said; without one it is looked for in the core API."""
    said = value_or(backend.group, "")
    groups = {one.object.group for _, one in found.nodes}
    if backend.group is UNKNOWN or said in groups or (said and not groups):
        return None
    span = backend.group.span if isinstance(backend.group, Known) else None
    place = Place(span or backend.span, backend.path)
    group = min(groups, default=POOL_GROUPS[0])
    certain = found.here or not said
    return LostBackend(place, name, "", None, (), certain, kind=POOL, group=group)


def has_port(service: Service, port: str) -> bool:
    """Whether a Service has, or may have, a port of that number or name."""
    if not service.ports or service.object.incomplete:
        return True
    said: list[Fact[str] | Fact[int]] = [one.port for one in service.ports]
    if not port.isdecimal():  # no name is a number
        said += [one.called for one in service.ports]
    known = {str(fact.value) for fact in said if isinstance(fact, Known)}
    return port in known or UNKNOWN in said
