"""Questions about what an autoscaler scales and a route leads to."""

from __future__ import annotations

from itertools import islice
from posixpath import dirname
from typing import TYPE_CHECKING, TypeVar

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.landmarks import (
    PodPlace,
    is_bound,
    pod_at,
    pods_configured,
    pods_labelled,
    pods_of,
    pool_named,
    routes_with,
    service_bound_to,
    service_named,
    services_selecting,
)
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.wiring.nodes import Service
from imagelint.documents.project import by_key
from imagelint.documents.serving.scaling import Route
from imagelint.knowledge.kubernetes.durations import KONG_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.base import Document, Key, Node
    from imagelint.documents.kubernetes.objects import Container, Pod
    from imagelint.documents.kubernetes.wiring.nodes import Selector
    from imagelint.documents.project import Project
    from imagelint.documents.runtime.model import Runtime
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.scaling import Autoscaler

N = TypeVar("N", bound="Node")

# A timeout in milliseconds, and the name of a `KongIngress` with more.
_KONG = (KONG_TIMEOUT, "konghq.com/override")
_MOST_ALIKE = 16
"""Where more are called alike, they are variants of one thing, and the nearest ones are meant."""


def _scaled(scaler: Autoscaler) -> Key | None:
    """Where to find the pods that an autoscaler scales; None when that is not known."""
    kind, name = scaler.target_kind, scaler.target_name
    if not isinstance(name, Known) or not isinstance(kind, Known) or not name.value:
        return None
    return pods_of(kind.value, name.value)


class NameScope:
    """A document and the others of its project: who is called what there."""

    __slots__ = ("_document", "_project")

    def __init__(self, document: Document, project: Project) -> None:
        self._document = document
        self._project = project

    def scaled_servers(self, scaler: Autoscaler) -> tuple[ServingCommand, ...]:
        """The GPU model servers that an autoscaler scales; none when it cannot be told."""
        return tuple(
            server
            for server in self._servers(_scaled(scaler), scaler.namespace)
            if isinstance(server.launch.runtime.gpus, Known)
        )

    def scaled_with_gpus(self, scaler: Autoscaler) -> Iterator[Container]:
        """The containers with GPUs that an autoscaler scales, whatever they run."""
        for _, pod in self._pods(_scaled(scaler), scaler.namespace):
            yield from (one for one in pod.containers if isinstance(one.runtime.gpus, Known))

    def routed_servers(self, route: Route) -> tuple[ServingCommand, ...]:
        """The model servers behind a route; none when the way to them cannot be followed."""
        if route.own_pods:
            made = self._servers(pods_of(route.kind, route.name), route.namespace)
            return tuple(server for server in made if not server.only_embeds)
        if route.upstreams:
            from imagelint.documents.queries.links.upstreams import upstream_servers

            found = upstream_servers(route, self, self._document, self._project)
            return tuple(server for server in found if not server.only_embeds)
        selecting = {
            (one.selector, one.maker, one.object.namespace): one for one in self._services(route)
        }
        return tuple(
            server
            for service in selecting.values()
            for server in self.servers_of_service(service)
            if not server.only_embeds
        )

    def servers_of_service(self, service: Service) -> tuple[ServingCommand, ...]:
        """The model servers in the pods that a Service selects, or that stand behind it."""
        if service.maker is not None:
            return tuple(self._servers(pods_of(*service.maker), service.object.namespace))
        leading = service.selected.leading
        if leading is None:
            return ()
        key = pods_labelled(*leading)
        return tuple(self._servers(key, service.object.namespace, service.selected))

    def configured_servers(self, config_map: str, namespace: str) -> tuple[ServingCommand, ...]:
        """The model servers in the pods that have a ConfigMap among their volumes."""
        return tuple(self._servers(pods_configured(config_map), namespace))

    def _servers(
        self, key: Key | None, namespace: str, selector: Selector | None = None
    ) -> Iterator[ServingCommand]:
        """The servers of known engines in the pods under a key, of those that are selected."""
        for manifest, pod in self._pods(key, namespace, selector):
            yield from (one for one in manifest.servers_of(pod) if one.engine)

    def _pods(
        self, key: Key | None, namespace: str, selector: Selector | None = None
    ) -> Iterator[tuple[Manifest, Pod]]:
        """The pods under a key, of those that are selected, with the manifests that hold them."""
        if key is None:
            return
        for origin, place in self._nearest(
            key,
            PodPlace,
            lambda one: (
                _same(one.namespace, namespace)
                and (selector is None or selector.matches(one.labels))
            ),
        ):
            manifest = self._manifest(origin)
            pod = pod_at(manifest, place) if manifest is not None else None
            if pod is not None and manifest is not None:
                yield manifest, pod

    def _manifest(self, origin: str) -> Manifest | None:
        """A manifest as the others of the run complete it."""
        own = self._document
        if origin == own.source.origin and isinstance(own, Manifest):
            return own
        found = self._project.joined(origin, Manifest)
        return found.value if isinstance(found, Known) else None

    def services_called(self, name: str, namespace: str) -> Iterator[tuple[bool, Service]]:
        """The Services of that name that may be in a namespace, and whether each is in this file.

        Headless ones have no address that anybody could be told.

        Those of other folders are not looked at: they need not be for the same cluster. The name is
        one of those that engines stumble over, of which there are few.
        """
        here = self._document.source.origin
        key = service_named(name)
        for own in self._document.derived(by_key).get(key, ()):
            if isinstance(own, Service) and _is_told(own, namespace):
                yield True, own
        for origin, other in self._project.find(Manifest, key, Service, name):
            near = origin != here and dirname(origin) == dirname(here)
            if near and _is_told(other, namespace):
                yield False, other

    def services_before(self, runtime: Runtime) -> tuple[Service, ...]:
        """The Services of this folder that lead to a container of a pod."""
        here = dirname(self._document.source.origin)
        return tuple(
            service
            for label, value in dict.fromkeys(runtime.labels)
            for origin, service in self._nearest(
                services_selecting(label, value),
                Service,
                lambda one: (
                    one.selects(runtime.labels) and _same(one.object.namespace, runtime.namespace)
                ),
            )
            if dirname(origin) == here
        )

    def is_configured_elsewhere(self, route: Route) -> bool:
        """Whether a Service behind an Ingress tells how long that waits, or what does."""
        if route.partial:
            from imagelint.documents.queries.links.upstreams import is_included

            return is_included(self._document, self._project)
        if route.kind != "Ingress":
            return False
        if route.controller == "kong":
            return any(map(_says_to_kong, self._services(route)))
        return route.controller == "gke" and any(map(is_bound, self._services(route)))

    def _services(self, route: Route) -> Iterator[Service]:
        for kind, name in route.through:
            for _, other in self._nearest(
                routes_with(kind, name), Route, lambda one: _same(one.namespace, route.namespace)
            ):
                yield from self._services(other)
        if route.kind == "BackendConfig":
            keys = [service_bound_to(route.name)] if route.name else []
        else:
            keys = [
                service_named(name) for name in dict.fromkeys(name for name, _ in route.backends)
            ]
            keys += map(pool_named, route.pools)
        for key in keys:
            for _, service in self._nearest(
                key, Service, lambda one: _same(one.object.namespace, route.namespace)
            ):
                yield service

    def _nearest(self, key: Key, node: type[N], fits: Callable[[N], bool]) -> list[tuple[str, N]]:
        """The nearest nodes under a key that fit, each with the origin of its manifest.

        Those of the document itself, else those of its folder, else any: folders beside each other
        hold objects of the same names, each for a cluster of its own.
        """
        here = self._document.source.origin
        held = self._document.derived(by_key).get(key, ())
        fitting = ((here, own) for own in held if isinstance(own, node) and fits(own))
        # Others are not read where the document itself has what is asked for.
        if own := list(islice(fitting, _MOST_ALIKE)):
            return own
        others = self._project.find(Manifest, key, node)
        found = [(origin, one) for origin, one in others if origin != here and fits(one)]
        beside = [pair for pair in found if dirname(pair[0]) == dirname(here)]
        return (beside or found)[:_MOST_ALIKE]


def _is_told(service: Service, namespace: str) -> bool:
    """Whether the pods of a namespace may be told where a Service is, in variables."""
    return not service.headless and _same(service.object.namespace, namespace)


def _says_to_kong(service: Service) -> bool:
    return any(name in _KONG for name, _ in service.object.annotations)


def _same(one: str, other: str) -> bool:
    """Whether two namespaces may be one; what is not written is decided when it is applied."""
    return not one or not other or one == other
