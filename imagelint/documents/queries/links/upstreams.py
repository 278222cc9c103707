"""Which model servers the upstreams of a proxy are: services of compose, Services, neighbours."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.project import by_key
from imagelint.documents.proxies.upstreams import LOCAL, including, service_called, service_of
from imagelint.documents.serving.command import ServingCommand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.project import Project
    from imagelint.documents.queries.scaled import NameScope
    from imagelint.documents.serving.scaling import Route

_COMPOSE = "compose"


def upstream_servers(
    route: Route, scope: NameScope, document: Document, project: Project
) -> Iterator[ServingCommand]:
    """The model servers to which a proxy leads; none where the way cannot be followed."""
    for host, _ in route.upstreams:
        if host in LOCAL:
            for kind, name in route.attached:
                if kind == "ConfigMap":
                    yield from scope.configured_servers(name, route.namespace)
            continue
        composed = tuple(server for _, server in composed_servers(host, document, project))
        yield from composed
        named = service_of(host)
        if named is not None and not composed and document.kind != _COMPOSE:
            name, namespace = named
            asked = route._replace(
                upstreams=(), backends=((name, ""),), namespace=namespace or route.namespace
            )
            yield from scope.routed_servers(asked)


def composed_servers(
    host: str, document: Document, project: Project
) -> Iterator[tuple[Document, ServingCommand]]:
    """The server that a service of compose starts which is called so, in the document of it."""
    key = service_called(host)
    here = document.source.origin
    if document.kind == _COMPOSE:
        found = [
            (here, one)
            for one in document.derived(by_key).get(key, ())
            if isinstance(one, ComposeService)
        ]
    elif document.kind == "kubernetes":
        return
    else:
        found = _closest(here, project.named(_COMPOSE, key, ComposeService))
    for origin, service in found:
        whole = document if origin == here else _joined(origin, project)
        if whole is not None:
            for server in whole.derived(_by_service).get(service.span, ()):
                yield whole, server


def _joined(origin: str, project: Project) -> Document | None:
    from imagelint.documents.compose.document import ComposeFile

    found = project.joined(origin, ComposeFile)
    return found.value if isinstance(found, Known) else None


def _by_service(document: Document) -> dict[Span, tuple[ServingCommand, ...]]:
    found: dict[Span, tuple[ServingCommand, ...]] = {}
    for server in document.nodes_of(ServingCommand):
        if server.engine:
            span = server.launch.span
            found[span] = (*found.get(span, ()), server)
    return found


def _closest(
    here: str, found: tuple[tuple[str, ComposeService], ...]
) -> list[tuple[str, ComposeService]]:
    """The services of the files nearest to a file of a proxy, which most often lies below them.

    Several folders that are equally far hold projects of their own, and nobody knows whose it is.
    """
    folder = dirname(here)
    shared = {dirname(origin): _shared(folder, dirname(origin)) for origin, _ in found}
    most = max(shared.values(), default=0)
    nearest = [one for one, length in shared.items() if length == most]
    above = [one for one in nearest if _length(one) == most]
    chosen = above or (nearest if len(nearest) == 1 else [])
    return [pair for pair in found if dirname(pair[0]) in chosen]


def _length(folder: str) -> int:
    """How many folders a path goes through."""
    return len(_parts(folder))


def _shared(one: str, other: str) -> int:
    """How many folders two paths go through together."""
    count = 0
    for mine, theirs in zip(_parts(one), _parts(other), strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _parts(folder: str) -> list[str]:
    return [part for part in folder.split("/") if part]


def is_included(document: Document, project: Project) -> bool:
    """Whether a file of nginx nearby may include this one, and say more."""
    here = document.source.origin
    above = dirname(dirname(here))
    found = project.named("nginx", including(), Span)
    return any(
        origin != here and (dirname(origin) == above or dirname(dirname(origin)) == above)
        for origin, _ in found
    )
