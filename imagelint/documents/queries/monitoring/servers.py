"""The servers that a query may be about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.landmarks import PodPlace, serving

if TYPE_CHECKING:
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.serving.command import ServingCommand

# Where more run the same engine, their releases say nothing about this query.
_MOST = 32


def servers_of_engine(engine: str, scope: Scope) -> tuple[ServingCommand, ...]:
    """The servers of an engine: those of the same file, else of the folder, else of the run."""
    if not engine:
        return ()
    key = serving(engine)

    def find() -> tuple[ServingCommand, ...]:
        found = scope.nearest(key, PodPlace, lambda _place: True)
        pods = ((at, scope.pod(at, place)) for at, place in found.nodes[:_MOST])
        return tuple(
            server
            for at, pod in pods
            if pod is not None
            for server in scope.servers(at, pod)
            if server.engine == engine
        )

    return scope.once(key, find)
