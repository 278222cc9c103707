"""Questions about what an autoscaler scales and a route leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.wiring import Service
from imagelint.documents.serving.command import ServingCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.project import Project
    from imagelint.documents.serving.scaling import Autoscaler, Route

_BACKEND_CONFIGS = ("cloud.google.com/backend-config", "beta.cloud.google.com/backend-config")


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

        def is_target(pod: Pod) -> bool:
            owner = pod.owner
            return (owner.kind, owner.name) == (kind, name) and _same(
                owner.namespace, scaler.namespace
            )

        found = self._servers(name, is_target) if name else ()
        return tuple(one for one in found if isinstance(one.launch.runtime.gpus, Known))

    def routed_servers(self, route: Route) -> tuple[ServingCommand, ...]:
        """The model servers behind a route; none when the way to them cannot be followed."""
        found: list[ServingCommand] = []
        for service in self._services(route):
            if not service.selector:
                continue

            def is_behind(pod: Pod, service: Service = service) -> bool:
                return service.selects(pod.labels) and _same(
                    pod.owner.namespace, service.object.namespace
                )

            found += self._servers(service.selector[0][1], is_behind)
        return tuple(one for one in found if not one.only_embeds)

    def _services(self, route: Route) -> Iterator[Service]:
        if route.kind == "BackendConfig":
            named = self._named(route.name) if route.name else ()
            yield from (service for service in named if _is_bound(service, route))
            return
        for name in dict.fromkeys(name for name, _ in route.backends):
            for service in self._named(name):
                if _is_called(service, name, route.namespace):
                    yield service

    def _named(self, word: str) -> Iterator[Service]:
        """The Services in manifests that mention a word."""
        for manifest in self._manifests(word):
            yield from manifest.nodes_of(Service)

    def _servers(self, word: str, wanted: Callable[[Pod], bool]) -> tuple[ServingCommand, ...]:
        """The servers with a known engine in the pods that are wanted."""
        found: list[ServingCommand] = []
        for manifest in self._manifests(word):
            specs = [pod.spec.node for pod in manifest.pods if wanted(pod)]
            if not specs:
                continue
            found += [
                node
                for node in manifest.nodes_of(ServingCommand)
                if node.engine and _stands_in(node, specs)
            ]
        return tuple(found)

    def _manifests(self, word: str) -> Iterator[Manifest]:
        if isinstance(self._document, Manifest):
            yield self._document
        origin = self._document.source.origin
        for manifest in self._project.of(Manifest, mentioning=word):
            if manifest.source.origin != origin:
                yield manifest


def _stands_in(server: ServingCommand, specs: Sequence[object]) -> bool:
    spec = server.launch.runtime.spec
    return spec is not None and any(spec.node is node for node in specs)


def _same(one: str, other: str) -> bool:
    """Whether two namespaces may be one; what is not written is decided when it is applied."""
    return not one or not other or one == other


def _is_called(service: Service, name: str, namespace: str) -> bool:
    return service.object.name == name and _same(service.object.namespace, namespace)


def _is_bound(service: Service, config: Route) -> bool:
    if not _same(service.object.namespace, config.namespace):
        return False
    values = [dict(service.object.annotations).get(name, "") for name in _BACKEND_CONFIGS]
    return any(f'"{config.name}"' in value for value in values)
