"""How the services of a compose file are called by others on their networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.base import Landmark
from imagelint.documents.compose.values import word
from imagelint.documents.proxies.upstreams import service_called

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.compose.model import ComposeService


def service_landmarks(services: Iterable[ComposeService]) -> Iterator[Landmark]:
    """Each service under all its names: its own, its container's, its aliases.

    https://github.com/compose-spec/compose-spec/blob/main/05-services.md#aliases
    """
    for service in services:
        for name in dict.fromkeys(filter(None, _names(service))):
            yield Landmark(service_called(name), service)


def _names(service: ComposeService) -> Iterator[str]:
    yield service.name
    yield word(service.body["container_name"])
    for _, network in service.body["networks"].entries():
        yield from map(word, network["aliases"].items())
