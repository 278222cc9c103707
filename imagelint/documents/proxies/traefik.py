"""What Traefik is told: in files of its file provider, and in labels of services.

traefik/traefik@fd5a576d: docs/content/reference/routing-configuration/
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.proxies.upstreams import read_upstream
from imagelint.documents.quantity import parse_count, parse_duration
from imagelint.documents.serving.scaling import Route, RouteSetting, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.source import Span
    from imagelint.documents.yaml.cursor import Cursor

    Hosts = tuple[tuple[str, str], ...]
    _Led = dict[tuple[str, str], None]  # a set in the order in which it is written

TRAEFIK = "traefik"
"""How the program is called in what is said about it."""
# Each router of a service leads to all its servers: those of one are alike.
_MOST_SERVERS = 64
_NO_LIMIT = float("inf")
# https://pkg.go.dev/strconv#ParseBool
_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})


class Option(NamedTuple):
    """A word that Traefik is told, in whatever language: its place, path and field as written.

    `value` is what it is set to, unknown where something else fills it.
    """

    span: Span
    path: str
    field: str
    value: Fact[str]


def file_routes(root: Cursor) -> Iterator[Route]:
    """What a file of the file provider says of the ways to its servers."""
    body = root["http"]
    hosts = dict(_hosts_by_service(body["services"]))
    middlewares, transports = _users(body, hosts)
    for name, one in body["middlewares"].entries():
        settings = tuple(middleware_settings(dict(_options(one))))
        if name in middlewares and settings:
            found = tuple(middlewares[name])
            yield told_route(one.key_span, one.path, found, settings=settings)
    for name, one in body["serversTransports"].entries():
        if name in transports:
            yield from transport_route(dict(_options(one)), tuple(transports[name]))


def _users(body: Cursor, hosts: Mapping[str, Hosts]) -> tuple[dict[str, _Led], dict[str, _Led]]:
    """To which servers middlewares and transports matter, by their names."""
    middlewares: dict[str, _Led] = {}
    transports: dict[str, _Led] = {}
    for _, router in body["routers"].entries():
        led = hosts.get(plain_name(router["service"].word()), ())
        for one in router["middlewares"].items() if led else ():
            middlewares.setdefault(plain_name(one.word()), {}).update(dict.fromkeys(led))
    for name, service in body["services"].entries():
        transport = plain_name(service.at("loadBalancer", "serversTransport").word())
        if transport and hosts.get(name):
            transports.setdefault(transport, {}).update(dict.fromkeys(hosts[name]))
    return middlewares, transports


def _hosts_by_service(services: Cursor) -> Iterator[tuple[str, Hosts]]:
    for name, service in services.entries():
        urls = (one["url"].word() for one in service.at("loadBalancer", "servers").items())
        known = dict.fromkeys(
            (one.host, one.port) for one in map(read_upstream, urls) if one is not None
        )
        yield name, tuple(islice(known, _MOST_SERVERS))


def plain_name(name: str) -> str:
    """A name without the provider that defines it."""
    return name.partition("@")[0]


def _options(body: Cursor) -> Iterator[tuple[str, Option]]:
    """All that is set below a place, by its path there in lower case."""
    pending = [("", body)]
    while pending:
        name, place = pending.pop()
        if name:
            field = place.key
            yield name, Option(place.span, place.path, field, place.text())
        prefix = f"{name}." if name else ""
        pending += [(f"{prefix}{key.lower()}", one) for key, one in place.entries()]


def middleware_settings(options: Mapping[str, Option]) -> Iterator[RouteSetting]:
    """What a middleware does, by its options below its name: buffers, refuses, repeats."""
    buffering = [one for name, one in options.items() if name.partition(".")[0] == "buffering"]
    if buffering:
        first = options.get("buffering") or buffering[0]
        yield RouteSetting(first.span, first.path, "buffered", first.field, "buffering")
    limit = options.get("buffering.maxrequestbodybytes")
    size = parse_count(_word(limit)) if limit else None
    if limit and size:
        yield RouteSetting(
            limit.span,
            limit.path,
            "limited",
            limit.field,
            _word(limit),
            meant="67108864",
            amount=float(size),
        )
    again = options.get("retry.retrynonidempotentmethod")
    if again and _word(again) in _TRUE:
        field = again.field
        yield RouteSetting(again.span, again.path, "retried", field, field, meant=f"{field}: false")


def transport_route(options: Mapping[str, Option], upstreams: Hosts) -> Iterator[Route]:
    """How long is waited for the first byte of an answer of some servers."""
    one = options.get("forwardingtimeouts.responseheadertimeout")
    if one is not None:
        yield limited_route(one, "idle", upstreams)


def limited_route(one: Option, meaning: str, upstreams: Hosts) -> Route:
    """A limit of Traefik: a duration, or a number of seconds; nought switches it off."""
    seconds = _seconds(one)
    if seconds is UNKNOWN and isinstance(one.value, Known):
        wants = "a time like `600s`,"
        made = RouteSetting(one.span, one.path, "malformed", one.field, _word(one), wants=wants)
        return told_route(one.span, one.path, upstreams, settings=(made,))
    limit = Timeout(one.span, f"set `{one.field}` to `600s`", seconds, meaning, one.path)
    return told_route(one.span, one.path, upstreams, timeouts=(limit,))


def _seconds(one: Option) -> Fact[float]:
    text = _word(one)
    number = parse_count(text)
    seconds = float(number) if number is not None else parse_duration(text) if text else None
    return UNKNOWN if seconds is None else Known(seconds or _NO_LIMIT, one.span)


def _word(one: Option) -> str:
    return one.value.value if isinstance(one.value, Known) else ""


def told_route(
    span: Span,
    path: str,
    upstreams: Hosts,
    *,
    timeouts: tuple[Timeout, ...] = (),
    settings: tuple[RouteSetting, ...] = (),
) -> Route:
    """A route to some servers, and what it is told."""
    return Route(
        span=span,
        kind=TRAEFIK,
        name=upstreams[0][0],
        namespace="",
        controller=TRAEFIK,
        timeouts=timeouts,
        backends=(),
        annotations=(),
        path=path,
        settings=settings,
        upstreams=upstreams,
    )
