"""Whether a gateway asks all its models when it is asked how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.health.asked import probes_of, requests_of
from imagelint.knowledge.serving.other_servers import gateway_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.queries.health.asked import Asked
    from imagelint.documents.runtime.model import Runtime
    from imagelint.documents.shared import ImageUse
    from imagelint.knowledge.serving.other_servers import Gateway


class AskedAll(NamedTuple):
    """A request of a check upon which a gateway asks all its models."""

    asked: Asked
    gateway: Gateway


def asked_all(runtime: Runtime, image: ImageUse | None) -> Iterator[AskedAll]:
    """The requests of the checks of a container upon which its gateway asks all its models."""
    known = image.known if image is not None else None
    gateway = gateway_of(known.registry, known.repository) if known is not None else None
    if gateway is None:
        return
    for probe in probes_of(runtime):
        for asked in requests_of(runtime, probe):
            if value_or(asked.path, "").rstrip("/") in gateway.asks:
                yield AskedAll(asked, gateway)
                break
