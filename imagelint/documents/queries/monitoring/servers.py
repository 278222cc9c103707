"""The servers that a query may be about."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.landmarks import PodPlace, serving
from imagelint.documents.queries.serving import is_worker_pod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.serving.command import ServingCommand

# Where more run the same engine, their releases say nothing about this query.
_MOST = 32


def servers_of_engine(engine: str, scope: Scope) -> tuple[ServingCommand, ...]:
    """The servers of an engine: those of the same file, else of the folder, else of the run.

    Compose's count where its file stands in the folder, or nothing else does.
    """
    if not engine:
        return ()
    key = serving(engine)

    def find() -> tuple[ServingCommand, ...]:
        found = scope.nearest(key, PodPlace, lambda _place: True)
        if not any(dirname(at) == scope.folder for at, _ in found.nodes):
            composed = tuple(_composed(engine, scope, anywhere=not found.nodes))
            if composed:
                return composed
        pods = ((at, scope.pod(at, place)) for at, place in found.nodes[:_MOST])
        return tuple(
            server
            for at, pod in pods
            if pod is not None
            for server in scope.servers(at, pod)
            if server.engine == engine
        )

    return scope.once(key, find)


def _composed(engine: str, scope: Scope, *, anywhere: bool) -> Iterator[ServingCommand]:
    """The servers of an engine in compose files of the folder, or else of the run."""
    from imagelint.documents.compose.contexts import engine_composed
    from imagelint.documents.compose.document import ComposeFile
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.serving.command import ServingCommand

    found = list(scope.listed((ComposeFile.kind,), engine_composed(engine), ComposeService))
    beside = [pair for pair in found if dirname(pair[0]) == scope.folder]
    chosen = beside or (found if anywhere else [])
    for origin in dict.fromkeys(at for at, _ in chosen[:_MOST]):
        document = scope.joined(origin, ComposeFile)
        if document is not None:
            servers = document.nodes_of(ServingCommand)
            yield from (one for one in servers if one.engine == engine)


def servers_of_pod(pod: Pod, scope: Scope) -> tuple[ServingCommand, ...]:
    """The servers of known engines in a pod of the document itself."""
    manifest = scope.manifest
    found = manifest.servers_of(pod) if manifest is not None else ()
    return tuple(one for one in found if one.engine)


def monitored_server(pod: Pod, scope: Scope) -> ServingCommand | None:
    """The first server in a pod that shows metrics to Prometheus, and is no worker of another."""
    for server in servers_of_pod(pod, scope):
        facts = server.facts
        metrics = facts.metrics if facts else None
        if metrics is not None and metrics.prometheus and not server.concluded:
            return None if _answers_to_another(server, pod) else server
    return None


def _answers_to_another(server: ServingCommand, pod: Pod) -> bool:
    """Whether another server of a group answers the requests, and tells what it measures."""
    leads = pod.group is not None and pod.group.leads
    return server.is_follower or (is_worker_pod(server) and not leads)
