"""The servers that a query may be about."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.landmarks import PodPlace, routing, serving
from imagelint.documents.promql.query import Query
from imagelint.documents.promql.recorded import alerts_on
from imagelint.documents.queries.monitoring.scalers import is_foreign
from imagelint.documents.queries.serving import is_worker_pod
from imagelint.knowledge.serving.metrics import engines_measuring, find_series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.promql.query import MetricUse
    from imagelint.documents.promql.tree import Selector
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.serving.command import ServingCommand

# Where more run the same engine, their releases say nothing about this query.
_MOST = 32
# Engines that measure it generate.
_GENERATES = "itl"
OF_MODELS = ("model_name", "model", "engine", "le")
"""Labels that a server itself gives its series."""


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


def foreign_server(use: MetricUse, scope: Scope) -> ServingCommand | None:
    """A server beside an alert whose metric it cannot have, where no other one in sight has it.

    None where the query tells whose metrics it wants, where routers run, which show the metrics of
    servers, or where other alerts of the document are about the server's own.
    """
    series, query = find_series(use.name), use.query
    if series is None or query is None or any(map(_chooses, query.selectors)):
        return None
    if (
        servers_of_engine(series.metric.exporter.engine, scope)
        or scope.nearest(routing(), PodPlace, lambda _place: True).nodes
    ):
        return None
    beside = [
        server
        for engine in engines_measuring(_GENERATES)
        if not any(scope.own(alerts_on(engine), Query))
        for server in servers_of_engine(engine, scope)
        if _stands_beside(engine, scope)
    ]
    return beside[0] if beside and all(is_foreign(use, one) for one in beside) else None


def _stands_beside(engine: str, scope: Scope) -> bool:
    """Whether what runs a server of an engine stands in the folder of the document."""
    found = scope.nearest(serving(engine), PodPlace, lambda _place: True)
    return any(dirname(at) == scope.folder for at, _ in found.nodes)


def _chooses(selected: tuple[Selector, object]) -> bool:
    """Whether series are selected by more than their metric and their model."""
    return any(one.label not in OF_MODELS for one in selected[0].matchers)


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
