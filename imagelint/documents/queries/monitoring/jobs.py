"""Whether the addresses that a Prometheus server asks are those of servers that show metrics."""

from __future__ import annotations

from posixpath import dirname, join
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.documents.kubernetes.landmarks import service_named
from imagelint.documents.kubernetes.wiring.nodes import Service
from imagelint.documents.project import folder_of
from imagelint.documents.queries.links.ports import metrics_port
from imagelint.documents.queries.links.targets import port_target, targets_of
from imagelint.documents.queries.monitoring.endpoints import (
    DEFAULT_PATH,
    MistakenPath,
    metrics_path,
)
from imagelint.documents.queries.monitoring.metricports import MistakenPort, number_of
from imagelint.documents.queries.monitoring.scraping import unshown_metrics
from imagelint.documents.serving.command import ServingCommand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.project import Project
    from imagelint.documents.promql.scrapes import ScrapeTarget
    from imagelint.documents.queries.links.scope import Scope

    Watched = tuple[ServingCommand, int]

_MOST = 16


def asked_port(target: ScrapeTarget, project: Project, scope: Scope) -> MistakenPort | None:
    """The port of an address that is none of metrics in all servers which may be meant."""
    found = None
    for server, port in _watched(target, project, scope):
        shown = metrics_port(server)
        if not shown or port in {0, shown}:
            return None
        found = found or MistakenPort(target, port, shown, server)
    return found


def asked_path(target: ScrapeTarget, project: Project, scope: Scope) -> MistakenPath | None:
    """The path that is asked of servers that show their metrics under another one."""
    written = isinstance(target.url_path, Known)
    told = value_or(target.url_path, DEFAULT_PATH)
    found = None
    for server, _ in _watched(target, project, scope):
        served = metrics_path(server)
        if not served or _is_path(told, served) or (found and found.served != served):
            return None
        found = found or MistakenPath(target.path_place, told, served, server, written)
    return found if written or target.url_path is ABSENT else None


def asked_in_vain(
    target: ScrapeTarget, project: Project, scope: Scope
) -> tuple[ServingCommand, str] | None:
    """The server at an address whose metrics are switched off, and what would switch them on.

    Nothing is told unless that is so of all servers which may be meant.
    """
    if not (isinstance(target.url_path, Known) or target.url_path is ABSENT):
        return None
    told = value_or(target.url_path, DEFAULT_PATH)
    found = None
    for server, port in _watched(target, project, scope):
        flag = unshown_metrics(server)
        if not flag or server.concluded or port != metrics_port(server):
            return None
        if not _is_path(told, metrics_path(server)):
            return None  # what is there under another path has nothing to do with metrics
        found = found or (server, flag)
    return found


def _is_path(told: str, served: str) -> bool:
    return f"/{told.strip('/')}" == served


def _watched(target: ScrapeTarget, project: Project, scope: Scope) -> Iterator[Watched]:
    """The servers at an address, each with the port of its own that is asked; 0: not known."""
    if target.is_of_a_cluster:
        yield from _of_cluster(target, scope)
    elif "." not in target.host:
        for origin, service in _beside(target.host, project, scope):
            yield from _of_compose(origin, service, target.port, project)


def _beside(host: str, project: Project, scope: Scope) -> list[tuple[str, ComposeService]]:
    """The services of that name in the nearest folder around the file that has some."""
    from imagelint.documents.compose.contexts import service_called
    from imagelint.documents.compose.document import ComposeFile
    from imagelint.documents.compose.model import ComposeService

    named = project.find(ComposeFile, service_called(host), ComposeService)
    here = scope.folder
    around = [pair for pair in named if join(here, "").startswith(folder_of(pair[0]))]
    nearest = max((len(dirname(origin)) for origin, _ in around), default=0)
    return [pair for pair in around if len(dirname(pair[0])) == nearest][:_MOST]


def _of_compose(
    origin: str, service: ComposeService, port: int, project: Project
) -> Iterator[Watched]:
    from imagelint.documents.compose.document import ComposeFile

    found = project.joined(origin, ComposeFile)
    if not isinstance(found, Known):
        return
    for server in found.value.nodes_of(ServingCommand):
        if server.launch.runtime.span == service.runtime.span and server.engine:
            yield server, port


def _of_cluster(target: ScrapeTarget, scope: Scope) -> Iterator[Watched]:
    name, namespace = (*target.host.split("."), target.namespace or "")[:2]
    services = scope.nearest(
        service_named(name), Service, lambda one: one.object.namespace in {"", namespace}
    )
    for _, service in services.nodes[:_MOST]:
        told = _leads_to(service, target.port)
        for one in targets_of(service, scope).targets:
            alone = len(one.pod.containers) == len(one.servers) == 1
            port = number_of(one.pod, told) if alone else 0
            yield from ((server, port) for server in one.servers)


def _leads_to(service: Service, port: int) -> str:
    """The port of the pods to which one of a Service leads, empty where that is not known.

    A headless Service is no more than the addresses of its pods, and one that certainly lacks a
    port answers on it as little as a pod without it.
    """
    if service.headless:
        return str(port)
    found = [one for one in service.ports if value_or(one.port, 0) == port]
    if found:
        return port_target(found[0])[0]
    known = service.ports and all(isinstance(one.port, Known) for one in service.ports)
    return str(port) if known and not service.object.incomplete else ""
