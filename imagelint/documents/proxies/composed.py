"""What compose tells proxies itself: Traefik by labels and flags, others by configs with content.

traefik/traefik@fd5a576d: docs/content/reference/routing-configuration/other-providers/docker.md,
docs/content/reference/install-configuration/entrypoints.md
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.compose.values import word
from imagelint.documents.compose.variables import read_settings
from imagelint.documents.proxies.held import held_routes, unread_proxy
from imagelint.documents.proxies.traefik import (
    Option,
    limited_route,
    middleware_settings,
    plain_name,
    told_route,
    transport_route,
)
from imagelint.documents.shared import EnvOrigin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import DocumentError
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.serving.scaling import Route
    from imagelint.documents.yaml.cursor import Cursor

_LABEL = pattern(r"traefik\.http\.(?P<kind>routers|middlewares)\.(?P<name>[^.]+)\.(?P<rest>.+)")
_ENTRY = pattern(r"entrypoints\.(?P<name>[^.]+)\.transport\.respondingtimeouts\.writetimeout")
_TRANSPORT = "serverstransport."
_OF_ROUTES = ("entrypoints.", _TRANSPORT)
# Each may concern every service of the file.
_MOST_FLAGS = 256


class _Labels:
    """The labels of all services: who has which routers and middlewares."""

    def __init__(self, services: Iterable[ComposeService]) -> None:
        self.middlewares: dict[str, dict[str, Option]] = {}
        self.led: dict[str, list[str]] = {}
        self.entries: dict[str, set[str]] = {}
        self.routed: list[str] = []
        for service in services:
            for option in _labels(service):
                self._add(service.name, option)

    def _add(self, service: str, option: Option) -> None:
        found = _LABEL.fullmatch(option.field.lower())
        if found is None:
            return
        name, rest = found["name"], found["rest"]
        if found["kind"] == "middlewares":
            self.middlewares.setdefault(name, {})[rest] = option
            return
        if service not in self.entries:
            self.routed.append(service)
        entries = self.entries.setdefault(service, set())
        values = option.value.value.split(",") if isinstance(option.value, Known) else []
        if rest == "middlewares":
            for one in values:
                self.led.setdefault(plain_name(one.strip()).lower(), []).append(service)
        elif rest == "entrypoints":
            entries.update(one.strip().lower() for one in values)


def compose_routes(services: tuple[ComposeService, ...]) -> Iterator[Route]:
    """The ways to its services that a compose file tells proxies of."""
    labels = _Labels(services)
    for name, options in labels.middlewares.items():
        hosts = _hosts(labels.led.get(name, ()))
        settings = tuple(middleware_settings(options))
        if hosts and settings:
            yield told_route(settings[0].span, settings[0].path, hosts, settings=settings)
    if labels.routed:
        flags = (one for service in services for one in _flags(service.body["command"]))
        yield from _of_flags(islice(flags, _MOST_FLAGS), labels)
    for name, place in _all_contents(services):
        yield from held_routes(name, place)


def unread_contents(services: Iterable[ComposeService]) -> Iterator[DocumentError]:
    """Why configurations of proxies that stand in a compose file are not read."""
    for name, place in _all_contents(services):
        yield from unread_proxy(name, place)


def _all_contents(services: Iterable[ComposeService]) -> Iterator[tuple[str, Cursor]]:
    seen: set[int] = set()
    for service in services:
        for name, place in _contents(service):
            if place.span.start not in seen:
                seen.add(place.span.start)
                yield name, place


def _hosts(services: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, "") for name in dict.fromkeys(services))


def _labels(service: ComposeService) -> Iterator[Option]:
    body = service.body
    for place in (body["labels"], body.at("deploy", "labels")):
        for one in read_settings(place, EnvOrigin.COMPOSE):
            yield Option(one.value_span, one.path, one.name, one.value)


def _of_flags(flags: Iterable[Option], labels: _Labels) -> Iterator[Route]:
    """What the flags of Traefik say of its entry points, and of the way to all servers."""
    everyone = _hosts(labels.routed)
    for one in flags:
        name = one.field.lower()
        entry = _ENTRY.fullmatch(name)
        if entry is not None:
            entered = [
                led
                for led in labels.routed
                if entry["name"] in (labels.entries[led] or entry["name"])
            ]
            if entered:
                yield limited_route(one, "total", _hosts(entered))
        elif name.startswith(_TRANSPORT):
            told = {name.removeprefix(_TRANSPORT): one}
            yield from transport_route(told, everyone)


def _flags(command: Cursor) -> Iterator[Option]:
    """What may be flags of Traefik that matter to routes."""
    for item in command.items():
        text = word(item)
        name, equals, value = text.partition("=")
        field = name.lstrip("-")
        if equals and name.startswith("--") and field.lower().startswith(_OF_ROUTES):
            yield Option(item.span, item.path, field, Known(value, item.span))


def _contents(service: ComposeService) -> Iterator[tuple[str, Cursor]]:
    """The configs of a service whose content stands in the file, by what they are called there.

    https://github.com/compose-spec/compose-spec/blob/main/08-configs.md
    """
    root = service.body
    while root.parent is not None:
        root = root.parent
    for item in service.body["configs"].items():
        name = word(item) or word(item["source"])
        place = root.at("configs", name, "content") if name else None
        if place is not None and place.exists:
            yield word(item["target"]) or name, place
