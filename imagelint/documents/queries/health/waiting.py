"""Services that others wait for until they are healthy, and that nobody asks how they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.compose.services import ServiceFile
from imagelint.documents.compose.values import boolean, is_partial, is_set, word
from imagelint.knowledge.containers.programs import has_no_check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.documents.base import Document, Node
    from imagelint.documents.compose.model import ComposeService

_HEALTHY = "service_healthy"


class Unhealthy(NamedTuple):
    """A service that is waited for in vain: where that is said, and whether it is certain."""

    place: Node
    name: str
    certain: bool


def waited_for_in_vain(service: ComposeService, document: Document) -> Iterator[Unhealthy]:
    """The services without a health check that another one waits for until they are healthy."""
    wanted = [
        (name, entry["condition"])
        for name, entry in service.body["depends_on"].entries()
        if word(entry["condition"]) == _HEALTHY and not _is_optional(boolean(entry["required"]))
    ]
    known: Mapping[str, ComposeService] = document.derived(_by_name) if wanted else {}
    for name, place in wanted:
        other = known.get(name)
        if other is not None and _has_no_check(other):
            yield Unhealthy(place, name, certain=is_set(other.body["healthcheck"]))


def _by_name(document: Document) -> dict[str, ComposeService]:
    services = document.services if isinstance(document, ServiceFile) else ()
    return {one.name: one for one in services}


def _is_optional(required: object) -> bool:
    return isinstance(required, Known) and required.value is False


def _has_no_check(service: ComposeService) -> bool:
    """Whether a service certainly has no health check: its own, or one of its image."""
    if is_partial(service.body):
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
