"""Services that others wait for until they are healthy, and that nobody asks how they are."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.proxies.upstreams import service_called
from imagelint.knowledge.containers.programs import has_no_check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.documents.base import Document, Node
    from imagelint.documents.project import Project

_COMPOSE = "compose"


class Unhealthy(NamedTuple):
    """A service that is waited for in vain: where that is said, and whether it is certain."""

    place: Node
    name: str
    certain: bool


def waited_for_in_vain(
    service: ComposeService, document: Document, project: Project
) -> Iterator[Unhealthy]:
    """The services without a health check that another one waits for until they are healthy."""
    wanted = service.waits_for
    known: Mapping[str, ComposeService] = document.derived(_by_name) if wanted else {}
    for name, place in wanted:
        other = known.get(name)
        if other is not None and _has_no_check(other) and not _checked(other, document, project):
            yield Unhealthy(place, name, certain=other.says_check)


def _by_name(document: Document) -> dict[str, ComposeService]:
    return {one.name: one for one in document.nodes_of(ComposeService)}


def _has_no_check(service: ComposeService) -> bool:
    """Whether a service certainly has no health check: its own, or one of its image."""
    if service.partial:
        return False
    probe = service.runtime.probes.liveness
    if probe is not ABSENT:
        return isinstance(probe, Known) and probe.value.check.kind is ABSENT
    image = service.image
    if service.builds:
        if service.config is None or service.config.healthcheck is not None:
            return False
        image = service.config.base
    return image is not None and image.known is not None and has_no_check(image.known)


def _checked(service: ComposeService, document: Document, project: Project) -> bool:
    """Whether another file beside gives it a check: `docker compose -f one -f other` joins them."""
    here = document.source.origin
    return any(
        origin != here and dirname(origin) == dirname(here) and one.says_check
        for origin, one in project.named(_COMPOSE, service_called(service.name), ComposeService)
    )
