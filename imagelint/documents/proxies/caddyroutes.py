"""The ways through Caddy: to which servers they lead, and what holds on them.

https://caddyserver.com/docs/caddyfile/directives/reverse_proxy, …/request_body,
https://caddyserver.com/docs/caddyfile/options#timeouts
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.proxies.caddy import read_caddy
from imagelint.documents.proxies.upstreams import ASIDE, read_upstream
from imagelint.documents.quantity import CADDY_UNITS, parse_decimal_bytes, parse_duration
from imagelint.documents.serving.scaling import Route, RouteSetting, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.documents.mapped import MappedText
    from imagelint.documents.proxies.directives import Directive, DirectiveWord
    from imagelint.documents.proxies.upstreams import Upstream

CADDY = "Caddy"
"""How the program is called in what is said about it."""
_INSIDE = ("handle", "handle_path", "route")
_PASSING = "reverse_proxy"
_BODIES = "request_body"
_WAITING = ("response_header_timeout", "read_timeout")
_SOCKET = "unix"  # `unix//run/app.sock`
_MOST_SERVERS = 64
# Snippets may import others several times: what is beyond says nothing.
_MOST_DIRECTIVES = 20_000
_NO_LIMIT = float("inf")


class _Way(NamedTuple):
    """A way to servers: the directives of its block, and those of the blocks around that hold."""

    passing: Directive
    block: tuple[Directive, ...]
    bodies: tuple[Directive, ...]
    path: str


def read_caddy_routes(text: MappedText) -> tuple[Route, ...]:
    """The ways through Caddy that a text defines.

    What is written once and holds on several ways is one route, which leads to all their servers.

    Raises:
        DirectiveError: it is no configuration of Caddy.
    """
    root = read_caddy(text.text)
    found = _Sites(root)
    for site in root:
        name = site.name.text
        if name != "{" and not name.startswith("(") and site.block is not None:
            found.read(site.block, (), " ".join((name, *(one.text for one in site.arguments))))
    held: dict[int, tuple[Directive, list[_Way]]] = {}
    for way in found.ways:
        for one in (*_of_way(way), *way.bodies):
            held.setdefault(one.name.span.start, (one, []))[1].append(way)
    for one in _limits_of_all(root):
        held[one.name.span.start] = (one, list(found.ways))
    return tuple(route for one, ways in held.values() if ways for route in _routes(one, ways, text))


class _Sites:
    """The ways of all sites, with what the snippets say that these import."""

    def __init__(self, root: tuple[Directive, ...]) -> None:
        self.ways: list[_Way] = []
        self._left = _MOST_DIRECTIVES
        named = ((one.name.text, one.block) for one in root if one.block is not None)
        self._snippets = {name[1:-1]: block for name, block in named if name.startswith("(")}

    def read(self, block: tuple[Directive, ...], outer: tuple[Directive, ...], path: str) -> None:
        """Collect the ways inside a block."""
        inside = tuple(self._with_imports(block, frozenset()))
        bodies = (*outer, *(one for one in inside if _is_for_all(one)))
        matchers = {
            one.name.text: tuple(_matched(one)) for one in inside if one.name.text[:1] == "@"
        }
        for one in inside:
            name = one.name.text
            if _is_aside(one, matchers):
                continue
            if name == _PASSING:
                options = tuple(self._with_imports(one.block or (), frozenset()))
                self.ways.append(_Way(one, options, bodies, f"{path}.{name}"))
            elif name in _INSIDE and one.block is not None:
                self.read(one.block, bodies, f"{path}.{name}")

    def _with_imports(
        self, block: tuple[Directive, ...], above: frozenset[str]
    ) -> Iterator[Directive]:
        """The directives of a block, with those of a snippet in the place of its import."""
        for one in block:
            self._left -= 1
            if self._left < 0:
                return
            name = one.first().text
            if one.name.text != "import" or name in above:
                yield one
            elif name in self._snippets:
                yield from self._with_imports(self._snippets[name], above | {name})


def _is_for_all(one: Directive) -> bool:
    """Whether it limits the bodies of all requests, and not of some alone."""
    return one.name.text == _BODIES and all(word.text == "*" for word in one.arguments)


def _matched(matcher: Directive) -> Iterator[str]:
    """The paths that a matcher asks for; an empty one for whatever else it may."""
    within = matcher.block
    if within is None:
        paths = matcher.arguments[1:] if matcher.first().text == "path" else ()
        yield from (word.text for word in paths) if paths else ("",)
        return
    for one in within:
        if one.name.text == "path":
            yield from (word.text for word in one.arguments)
        else:
            yield ""


def _is_aside(one: Directive, matchers: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a way is for questions that are answered at once."""
    asked = one.first().text if one.arguments else ""
    paths = matchers.get(asked, ()) if asked.startswith("@") else (asked,)
    return bool(paths) and all(ASIDE.fullmatch(path.rstrip("*")) for path in paths)


def _hosts(way: _Way) -> Iterator[Upstream]:
    """To which servers a way leads, as far as that is known."""
    words = list(way.passing.arguments)
    if words and words[0].text.startswith(("/", "@", "*")):
        del words[0]
    for one in way.block:
        if one.name.text == "to":
            words += one.arguments
    for word in words:
        found = read_upstream(word.text)
        if found is not None and found.host != _SOCKET:
            yield found


def _of_way(way: _Way) -> Iterator[Directive]:
    """The directive that makes a way, and those of its block that matter."""
    yield way.passing
    for one in way.block:
        if one.name.text == "response_buffers":
            yield one
        elif one.name.text == "transport" and one.block is not None:
            yield from (each for each in one.block if each.name.text in _WAITING)


def _limits_of_all(root: tuple[Directive, ...]) -> Iterator[Directive]:
    """The global limits of whole answers, unless they are those of one port."""
    options = root[0].block or () if root and root[0].name.text == "{" else ()
    for servers in options:
        if servers.name.text == "servers" and not servers.arguments:
            for timeouts in servers.block or ():
                if timeouts.name.text == "timeouts":
                    found = timeouts.block or ()
                    yield from (one for one in found if one.name.text == "write")


def _routes(one: Directive, ways: list[_Way], text: MappedText) -> Iterator[Route]:
    """What one directive says of the ways on which it holds."""
    path = one.name.text if one.name.text == "write" else f"{ways[0].path}.{one.name.text}"
    timeouts, settings = _said(one, path, text)
    hosts = tuple(
        islice(dict.fromkeys(host for way in ways for host in _hosts(way)), _MOST_SERVERS)
    )
    if hosts and (timeouts or settings or one.name.text == _PASSING):
        yield Route(
            span=text.place(*ways[0].passing.name.span),
            kind=CADDY,
            name=hosts[0].host,
            namespace="",
            controller=CADDY,
            timeouts=timeouts,
            backends=(),
            annotations=(),
            path=path,
            settings=settings,
            upstreams=tuple((host.host, host.port) for host in hosts),
            heeds_server=False,
        )


def _said(
    one: Directive, path: str, text: MappedText
) -> tuple[tuple[Timeout, ...], tuple[RouteSetting, ...]]:
    name, word = one.name.text, one.first()
    if name == _BODIES:
        return (), tuple(_limited(one.block or (), path, text))
    if not one.arguments or "{" in word.text or name == _PASSING:
        return (), ()
    span = text.place(*word.span)
    if name == "response_buffers":
        kept = word.text if parse_decimal_bytes(word.text) != 0 else ""
        setting = RouteSetting(span, path, "buffered", name, kept)
        return (), (setting,) if kept else ()
    seconds = parse_duration(word.text, CADDY_UNITS)
    if seconds is None:
        setting = RouteSetting(span, path, "malformed", name, word.text)
        return (), (setting._replace(wants="a time like `600s`,"),)
    meaning = "total" if name == "write" else "idle"
    known = Known(seconds or _NO_LIMIT, span)
    return (Timeout(span, f"set `{name}` to `600s`", known, meaning, path),), ()


def _limited(block: Iterable[Directive], path: str, text: MappedText) -> Iterator[RouteSetting]:
    """How large a request may be."""
    for one in block:
        if one.name.text == "max_size" and one.arguments:
            word: DirectiveWord = one.first()
            size = parse_decimal_bytes(word.text)
            if size:
                span = text.place(*word.span)
                made = RouteSetting(span, f"{path}.max_size", "limited", "max_size", word.text)
                yield made._replace(meant="64MB", amount=size)
