"""The ways by which clusters take jobs from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.quantity import parse_port
from imagelint.documents.shared import CommandLine
from imagelint.knowledge.kubernetes.jobports import JOB_PORTS, asks_for_token, names_cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document, Node
    from imagelint.documents.kubernetes.objects import KubernetesObject


class DashboardWay(NamedTuple):
    """A way to a port that takes jobs.

    `what` makes it, as the subject of a sentence; `port` is what the port is called, `advice` how
    to close the way, `subject` whose it is.
    """

    place: Node
    what: str
    port: str
    advice: str
    subject: str


def dashboard_ways(
    subject: KubernetesObject | ComposeService, document: Document
) -> Iterator[DashboardWay]:
    """The ways that an object or a service makes; none where a token is asked for."""
    if isinstance(subject, ComposeService):
        yield from _of_compose(subject, document)
        return
    for found in subject.job_openings:
        if not asks_for_token(document.source.text):
            yield DashboardWay(found.place, found.what, found.port, found.advice, subject.name)


def _of_compose(service: ComposeService, document: Document) -> Iterator[DashboardWay]:
    for port in service.ports:
        number = parse_port(port.target.value) if isinstance(port.target, Known) else None
        name = JOB_PORTS.get(number or 0, "")
        if name and port.host is ABSENT and _is_cluster(service, document):
            what = f"port {number} is published on all addresses of the host, and"
            advice = "publish it on `127.0.0.1` only"
            yield DashboardWay(port, what, name, advice, service.name)


def _is_cluster(service: ComposeService, document: Document) -> bool:
    """Whether the image or the command of a service names a cluster, and no token is asked for."""
    lines = document.nodes_of(CommandLine)
    texts = [document.written(line.span) for line in lines if line.name == service.name]
    if service.image is not None:
        texts.append(service.image.text)
    return any(map(names_cluster, texts)) and not asks_for_token(document.source.text)
