"""Questions about what an autoscaler scales and a route leads to."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING, TypeVar

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.landmarks import (
    ServedPod,
    is_bound,
    pods_labelled,
    pods_of,
    service_bound_to,
    service_named,
)
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.wiring.nodes import Service
from imagelint.documents.project import by_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document, Key, Node
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.project import Project
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.scaling import Autoscaler, Route

N = TypeVar("N", bound="Node")


class NameScope:
    """A document and the others of its project: who is called what there."""

    __slots__ = ("_document", "_project")

    def __init__(self, document: Document, project: Project) -> None:
        self._document = document
        self._project = project

    def scaled_servers(self, scaler: Autoscaler) -> tuple[ServingCommand, ...]:
        """The GPU model servers that an autoscaler scales; none when it cannot be told."""
        if not isinstance(scaler.target_name, Known) or not isinstance(scaler.target_kind, Known):
            return ()
        kind, name = scaler.target_kind.value, scaler.target_name.value
        pods = self._found(pods_of(kind, name), ServedPod) if name else ()
        return tuple(
            server
            for served in pods
            if _same(served.pod.owner.namespace, scaler.namespace)
            for server in served.servers
            if isinstance(server.launch.runtime.gpus, Known)
        )

    def routed_servers(self, route: Route) -> tuple[ServingCommand, ...]:
        """The model servers behind a route; none when the way to them cannot be followed."""
        return tuple(
            server
            for service in self._services(route)
            if service.selector
            for served in self._found(pods_labelled(*service.selector[0]), ServedPod)
            if _is_behind(served.pod, service)
            for server in served.servers
            if not server.only_embeds
        )

    def services_called(self, name: str, namespace: str) -> Iterator[tuple[bool, Service]]:
        """The Services of that name that may be in a namespace, and whether each is in this file.

        Those of other folders are not looked at: they need not be for the same cluster. The name is
        one of those that engines stumble over, of which there are few.
        """
        here = self._document.source.origin
        key = service_named(name)
        for own in self._document.derived(by_key).get(key, ()):
            if isinstance(own, Service) and _same(own.object.namespace, namespace):
                yield True, own
        for origin, other in self._project.find(Manifest, key, Service, name):
            near = origin != here and dirname(origin) == dirname(here)
            if near and _same(other.object.namespace, namespace):
                yield False, other

    def is_configured_elsewhere(self, route: Route) -> bool:
        """Whether a Service behind an Ingress of GKE is bound to what says how long that waits."""
        if (route.kind, route.controller) != ("Ingress", "gke"):
            return False
        return any(is_bound(service) for service in self._services(route))

    def _services(self, route: Route) -> Iterator[Service]:
        if route.kind == "BackendConfig":
            keys = [service_bound_to(route.name)] if route.name else []
        else:
            keys = [
                service_named(name) for name in dict.fromkeys(name for name, _ in route.backends)
            ]
        for key in keys:
            for service in self._found(key, Service):
                if _same(service.object.namespace, route.namespace):
                    yield service

    def _found(self, key: Key, node: type[N]) -> Iterator[N]:
        """The nodes under a key: those of the document itself, then those of other manifests."""
        for own in self._document.derived(by_key).get(key, ()):
            if isinstance(own, node):
                yield own
        here = self._document.source.origin
        for origin, other in self._project.find(Manifest, key, node):
            if origin != here:
                yield other


def _is_behind(pod: Pod, service: Service) -> bool:
    return service.selects(pod.labels) and _same(pod.owner.namespace, service.object.namespace)


def _same(one: str, other: str) -> bool:
    """Whether two namespaces may be one; what is not written is decided when it is applied."""
    return not one or not other or one == other
