"""Where monitors ask, and where servers show what they measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.links.ports import metrics_port

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.kubernetes.wiring.nodes import Endpoint, Monitor
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.runtime.field import Field
    from imagelint.documents.serving.command import ServingCommand

# https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
DEFAULT_PATH = "/metrics"
# What may change the path of a request before it is sent: of prometheus-operator and its kin.
_REWRITING = ("relabelings", "relabelConfigs")
# So many of what a monitor selects are looked at.
_MOST = 16


class MistakenPath(NamedTuple):
    """A path that is asked, and `served`, under which the server shows its metrics.

    `place` is where the path stands, or would; `written` tells which.
    """

    place: Node
    path: str
    served: str
    server: ServingCommand
    written: bool


def mistaken_paths(monitor: Monitor, scope: Scope) -> Iterator[MistakenPath]:
    """The paths that a monitor asks of model servers that show their metrics elsewhere.

    Nothing is told unless all that is selected is such a server, alone in its pod.
    """
    asked = [one for one in monitor.endpoints if not _rewritten(one)]
    if not asked or not monitor.selector.known or not isinstance(monitor.namespaces, Known):
        return
    servers = watched_servers(monitor, scope)
    served = {metrics_path(server) for server in servers}
    if len(served) != 1 or "" in served:
        return
    path = served.pop()
    for one in asked:
        written = isinstance(one.url_path, Known)
        told = one.url_path.value if isinstance(one.url_path, Known) else DEFAULT_PATH
        if (written or one.url_path is ABSENT) and f"/{told.strip('/')}" != path:
            yield MistakenPath(_place(one), told, path, servers[0], written)


def annotated_path(
    asked: Field[str],
    port: Field[int] | None,
    pods: Iterable[tuple[Pod, tuple[ServingCommand, ...]]],
) -> MistakenPath | None:
    """The path that annotations of a pod, or a Service, have asked in vain.

    Nothing is told where another port than the one of the metrics is asked.
    """
    written = isinstance(asked.value, Known)
    path = asked.value.value if isinstance(asked.value, Known) else DEFAULT_PATH
    found: MistakenPath | None = None
    for pod, servers in pods:
        served = metrics_path(servers[0]) if len(servers) == len(pod.containers) == 1 else ""
        if not served or f"/{path.strip('/')}" == served or (found and found.served != served):
            return None
        shown = metrics_port(servers[0])
        if port is not None and shown and value_or(port.value, 0) != shown:
            return None
        found = found or MistakenPath(asked.place, path, served, servers[0], written)
    return found if written or asked.value is ABSENT else None


def _place(endpoint: Endpoint) -> Node:
    above = endpoint.place.parent
    place = None if above is None else above["path"]
    return endpoint if place is None or not place.exists else place


def _rewritten(endpoint: Endpoint) -> bool:
    above = endpoint.place.parent
    return above is None or any(above[name].exists for name in _REWRITING)


def metrics_path(server: ServingCommand) -> str:
    """The path under which a server shows its metrics; empty where that is not known."""
    facts = server.facts
    if facts is None or facts.metrics is None or server.concluded or not server.complete:
        return ""
    prefixed = any(server.switch(flag) is not ABSENT for flag in facts.endpoints.prefix_flags)
    return "" if prefixed else facts.metrics.path


def watched_servers(monitor: Monitor, scope: Scope) -> tuple[ServingCommand, ...]:
    """The servers in the pods that are asked; none where something else may be."""
    found: list[ServingCommand] = []
    namespaces = monitor.namespaces.value if isinstance(monitor.namespaces, Known) else ()
    if monitor.selects == "Pod":
        selected = [(monitor.selector, namespace) for namespace in namespaces]
    else:
        services = scope.services(monitor.selector, namespaces).nodes[:_MOST]
        selected = [(one.selected, one.object.namespace) for _, one in services]
    for selector, namespace in selected:
        for origin, place in scope.pods(selector, namespace).nodes[:_MOST]:
            pod = scope.pod(origin, place) if place.settled else None
            servers = scope.servers(origin, pod) if pod is not None else ()
            if pod is None or len(pod.containers) != 1 or len(servers) != 1:
                return ()
            found += servers
    return tuple(found)
