"""The ways by which a model server is reached from outside of its host or its cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.wiring.nodes import Service
from imagelint.documents.quantity import parse_port
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import HOST, PORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.source import Span
    from imagelint.documents.base import Document, Node
    from imagelint.documents.compose.model import ComposeService, PublishedPort
    from imagelint.documents.kubernetes.objects import Container
    from imagelint.documents.project import Project
    from imagelint.documents.queries.scaled import NameScope
    from imagelint.documents.serving.scaling import Route

Reached: TypeAlias = "ServingCommand | Service | Route"

_LOOPBACK = ("127.", "localhost", "::1")
# Routes that lead in from outside; a VirtualService may be for the mesh only.
_WAYS = ("Ingress", "HTTPRoute", "Route", "IngressRoute", "HTTPProxy")
# kubernetes.github.io/ingress-nginx, aws-load-balancer-controller, traefik, haproxy, kong: what
# says who may come is called so by all of them.
_AUTHENTICATING = ("auth", "oauth", "oidc", "iap", "jwt", "mtls", "middlewares", "plugins", "key")
_LIMITING = ("whitelist", "allowlist", "source-range", "inbound-cidrs", "internal", "scheme")


class WayIn(NamedTuple):
    """A way to a server.

    `place` is where it is made, `what` the subject of a sentence about it. `limited` tells that it
    is only for a private network, or for some addresses; `sure` that nothing may stand in between.
    `advice` is how to make it smaller.
    """

    place: Node
    server: ServingCommand
    what: str
    advice: str
    limited: bool = False
    sure: bool = True


def ways_in(reached: Reached, document: Document, project: Project) -> Iterator[WayIn]:
    """The ways to servers that a server's own container, a Service or a route makes.

    Services and routes are followed to the pods of the run; beside something that authenticates
    nothing is said of them.
    """
    if isinstance(reached, ServingCommand):
        yield from _of_container(reached, document)
        yield from _of_owner(reached, document)
    elif document.kind == "kubernetes" and not _is_guarded(document, project):
        # Not above: servers in Dockerfiles never come so far.
        from imagelint.documents.queries.scaled import NameScope

        scope = NameScope(document, project)
        if isinstance(reached, Service):
            yield from _of_service(reached, scope)
        elif reached.kind in _WAYS or _enters_mesh(reached):
            yield from _of_route(reached, scope)


def _enters_mesh(route: Route) -> bool:
    """Whether a VirtualService is that of a gateway: others are for who is in the mesh already."""
    return route.kind == "VirtualService" and bool(route.attached)


def _is_guarded(document: Document, project: Project) -> bool:
    """Whether an object of the run says that requests are authenticated."""
    from imagelint.documents.kubernetes.landmarks import AUTHENTICATORS, authenticators
    from imagelint.documents.kubernetes.manifest import Manifest
    from imagelint.documents.kubernetes.references import NamedObject
    from imagelint.documents.project import by_key

    if document.derived(by_key).get(authenticators()):
        return True
    others = project.find(Manifest, authenticators(), NamedObject, AUTHENTICATORS)
    return any(True for _ in others)


def _of_container(server: ServingCommand, document: Document) -> Iterator[WayIn]:
    port = server.effective(PORT)
    if not server.engine or not isinstance(port, Known) or server.is_follower:
        return
    host = server.effective(HOST)
    if isinstance(host, Known) and host.value.lower().strip("[]").startswith(_LOOPBACK):
        return
    service = service_of(server, document)
    for published in service.ports if service is not None else ():
        if _publishes(published, port.value):
            number = port.value
            yield WayIn(
                published,
                server,
                f"port {number} is published on all addresses of the host, and",
                "publish it on `127.0.0.1` only",
            )
    network = server.launch.runtime.host.network
    if network.on and server.launch.runtime.kind != "image":
        what = "it listens on all addresses of its host, and"
        yield WayIn(network, server, what, "leave the host's network", sure=False)
    if document.kind == "kubernetes":
        yield from _of_pod(server, port.value, document)


def _of_pod(server: ServingCommand, port: int, document: Document) -> Iterator[WayIn]:
    container = document.derived(_containers_by_place).get(server.launch.span)
    for own, place in container.published_ports if container is not None else ():
        if own == port:
            what = f"port {port} is published on its node, and"
            yield WayIn(place, server, what, "drop `hostPort`")


def _of_owner(server: ServingCommand, document: Document) -> Iterator[WayIn]:
    """The Service that an operator makes of the object which holds a server."""
    if document.kind != "kubernetes" or not server.engine or server.is_follower:
        return
    container = document.derived(_containers_by_place).get(server.launch.span)
    found = container.owner.opening if container is not None else None
    if container is not None and found is not None:
        what = f"the {found.type} of `{container.owner.name}`"
        advice = "write `type: ClusterIP`"
        yield WayIn(found.place, server, what, advice, found.limited, sure=False)


def _publishes(published: PublishedPort, port: int) -> bool:
    """Whether a published port is certainly that of the container, on all addresses."""
    if not isinstance(published.target, Known) or published.protocol != "tcp":
        return False
    if parse_port(published.target.value) != port:
        return False
    host = published.host
    return host is ABSENT or (
        isinstance(host, Known) and host.value in ("0.0.0.0", "::", "*")  # noqa: S104 - what is written
    )


def service_of(server: ServingCommand, document: Document) -> ComposeService | None:
    """The service of a compose file, or of a line that runs a container, which starts a server."""
    return document.derived(_services_by_place).get(server.launch.span)


def _services_by_place(document: Document) -> Mapping[Span, ComposeService]:
    services = getattr(document, "services", ())
    return {service.span: service for service in services}


def _containers_by_place(document: Document) -> Mapping[Span, Container]:
    from imagelint.documents.kubernetes.manifest import Manifest

    pods = document.pods if isinstance(document, Manifest) else ()
    return {container.span: container for pod in pods for container in pod.containers}


def _of_service(service: Service, scope: NameScope) -> Iterator[WayIn]:
    found = service.opening
    for server in scope.servers_of_service(service) if found is not None else ():
        if found is not None and _leads_to(service, server):
            what = f"the {found.type} `{service.object.name}`"
            yield WayIn(found.place, server, what, "write `type: ClusterIP`", found.limited)
            return


def _leads_to(service: Service, server: ServingCommand) -> bool:
    """Whether a port of a Service is that of a server, and not of what stands beside it."""
    port = server.effective(PORT)
    if not isinstance(port, Known) or server.is_follower:
        return False
    runtime = server.launch.runtime
    names = {one.name for one in runtime.ports if one.number == port.value and one.name}
    for one in service.ports:
        target = one.target
        if target is ABSENT:
            if isinstance(one.port, Known) and one.port.value == port.value:
                return True
        elif isinstance(target, Known) and target.value in (*names, str(port.value)):
            return True
    return False


def _of_route(route: Route, scope: NameScope) -> Iterator[WayIn]:
    names = [name.lower().rpartition("/")[2] for name, _ in route.annotations]
    if any(word in name for name in names for word in _AUTHENTICATING) or route.guarded:
        return
    limited = (
        route.limited
        or any(word in name for name in names for word in _LIMITING)
        or (route.controller == "alb" and not any("scheme" in name for name in names))
    )
    for server in scope.routed_servers(route):
        if server.is_follower:
            continue
        what = f"the {route.kind} `{route.name}`"
        advice = "let the gateway authenticate who asks"
        place = Place(route.span, route.path)
        yield WayIn(place, server, what, advice, limited and not _faces(route), sure=False)
        return


def _faces(route: Route) -> bool:
    """Whether an annotation says that a load balancer faces the internet."""
    return any("internet-facing" in value for _, value in route.annotations)
