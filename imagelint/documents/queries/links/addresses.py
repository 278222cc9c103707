"""Whether anybody listens where the addresses lead to that a text names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import service_named
from imagelint.documents.kubernetes.wiring.nodes import SERVICE, Service
from imagelint.documents.project import folder_of
from imagelint.documents.proxies.upstreams import LOCAL, service_of
from imagelint.documents.queries.links.backends import has_port
from imagelint.documents.queries.links.names import Name, renamed
from imagelint.documents.queries.links.ports import only_listener
from imagelint.documents.queries.links.published import may_answer
from imagelint.documents.queries.links.scope import Scope, same
from imagelint.documents.queries.links.targets import targets_of
from imagelint.documents.queries.links.upstreams import composed_servers
from imagelint.documents.queries.serving import title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.project import Project
    from imagelint.documents.queries.links.named import Named

_COMPOSE, _KUBERNETES = "compose", "kubernetes"


class Unanswered(NamedTuple):
    """An address on whose port nobody listens.

    `ports` are those where somebody does, `who` has them; `certain` where nobody else can be meant.
    Where nobody has the host's name, `renamed` is the one that its Service has now.
    """

    address: Named
    who: str
    ports: tuple[int, ...]
    certain: bool
    renamed: str = ""

    @property
    def said(self) -> str:
        """What is wrong, in words."""
        host, port = self.address.host, self.address.port
        if self.renamed:
            return f"nobody is called `{host}`: the Service is `{self.renamed}` then"
        ports = " or ".join(map(str, self.ports)) or "other ports"
        return f"nobody answers on port {port}: {self.who} listens on {ports}"

    @property
    def help(self) -> str:
        """What to do about it, in words."""
        if self.renamed:
            return f"write `{self.renamed}`: kustomize changes no names in addresses"
        if self.rewording is not None:
            return f"write `{self.rewording[1]}`"
        return f"write one of its ports: {', '.join(map(str, self.ports))}"

    @property
    def rewording(self) -> tuple[str, str] | None:
        """What to write instead of what, where one port alone is meant."""
        host, port = self.address.host, self.address.port
        return (f"{host}:{port}", f"{host}:{self.ports[0]}") if len(self.ports) == 1 else None


def unanswered(
    address: Named, document: Document, project: Project, *, closed: bool | None
) -> Unanswered | None:
    """What an address is about where nobody answers it; None where somebody may.

    `closed` tells that there is nothing but what the run examines.
    """
    if address.host in LOCAL or not address.port > 0:
        return None
    scope = Scope(document, project, closed)
    if document.kind == _KUBERNETES:
        return _of_cluster(address, scope, document)
    if document.kind != _COMPOSE and _is_in_cluster(address, scope):
        return None  # which of both is meant is not known
    return _of_compose(address, document, project)


def _is_in_cluster(address: Named, scope: Scope) -> bool:
    named = service_of(address.host)
    found = scope.anywhere(service_named(named[0]), Service) if named is not None else ()
    return any(True for _ in found)


def _of_compose(address: Named, document: Document, project: Project) -> Unanswered | None:
    """A service of compose has the ports of its container: what is published is another matter."""
    ports: dict[int, None] = {}
    certain, who = document.kind == _COMPOSE, ""
    for whole, server in composed_servers(address.host, document, project):
        listeners = only_listener((server,))
        if not _is_near(whole.source.origin, document) or not listeners:
            return None
        if may_answer(server, address.port, whole):
            return None
        ports[listeners[0].port] = None
        certain = certain and server.own_image
        who = who or f"{title(server)} of `{address.host}`"
    return Unanswered(address, who, tuple(ports), certain) if who else None


def _of_cluster(address: Named, scope: Scope, document: Document) -> Unanswered | None:
    named = service_of(address.host)
    if named is None:
        return None
    name, namespace = named
    asked = {namespace} if namespace else _namespaces(scope)
    if len(asked) > 1:
        return None  # a short name means another Service in each
    found = scope.nearest(
        service_named(name),
        Service,
        lambda one: all(same(one.object.namespace, space) for space in asked),
    )
    services = [one for _, one in found.nodes]
    own = Name(SERVICE, name, namespace)
    known = not namespace or namespace in _namespaces(scope)
    if known and not found.here and (now := renamed(own, scope)) is not None:
        return Unanswered(address, "", (), certain=True, renamed=now.name)
    if not all(_is_near(origin, document) for origin, _ in found.nodes):
        return None
    if not services or any(_may_lead(one, address.port, scope) for one in services):
        return None
    ports = {port for one in services for port in _led_to(one, scope)}
    certain = found.here and {one.object.namespace for one in services} == (asked or {""})
    return Unanswered(address, f"the Service `{name}`", tuple(sorted(ports)), certain)


def _namespaces(scope: Scope) -> set[str]:
    """The namespaces that are written in a manifest, one of which a short name means."""
    objects = scope.manifest.objects if scope.manifest is not None else ()
    return scope.once(
        ("namespaces that are written", ""),
        lambda: {one.namespace for one in objects if one.namespace},
    )


def _is_near(origin: str, document: Document) -> bool:
    """Whether one file lies beside another, or below it: elsewhere names are those of others."""
    here, there = folder_of(document.source.origin), folder_of(origin)
    return here.startswith(there) or there.startswith(here)


def _may_lead(service: Service, port: int, scope: Scope) -> bool:
    """Whether a Service may lead to somebody on a port: a headless one leads to its pods."""
    if service.kind != "Service" or value_or(service.type, "") == "ExternalName":
        return True
    if not service.headless:
        return has_port(service, str(port))
    targets = targets_of(service, scope).targets
    return not targets or any(
        not (alone := only_listener(one.servers))
        or len(alone) != len(one.pod.containers)
        or any(each.port == port for each in alone)
        for one in targets
    )


def _led_to(service: Service, scope: Scope) -> Iterator[int]:
    if service.headless:
        for one in targets_of(service, scope).targets:
            yield from (each.port for each in only_listener(one.servers))
    else:
        yield from (one.port.value for one in service.ports if isinstance(one.port, Known))
