"""The ways through nginx: to which servers they lead, and what holds on them.

https://nginx.org/en/docs/http/ngx_http_proxy_module.html, …/ngx_http_core_module.html
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.proxies.nginx import read_nginx
from imagelint.documents.proxies.upstreams import ASIDE, read_upstream
from imagelint.documents.quantity import parse_nginx_size, parse_nginx_time
from imagelint.documents.serving.scaling import Route, RouteSetting, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.core.source import Span
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.proxies.directives import Directive, DirectiveWord
    from imagelint.documents.proxies.upstreams import Upstream

NGINX = "nginx"
"""How the program is called in what is said about it."""
_PASSES = {"proxy_pass": "proxy_read_timeout", "grpc_pass": "grpc_read_timeout"}
_INSIDE = ("http", "server", "location", "if", "limit_except")
# What holds in a block holds in those inside, unless they say otherwise.
_INHERITED = frozenset(
    {"proxy_read_timeout", "grpc_read_timeout", "proxy_buffering", "client_max_body_size"}
    | {"proxy_next_upstream", "proxy_ignore_headers", "proxy_cache"}
)
# Each way holds all servers that it leads to: those of a group are alike.
_MOST_SERVERS = 64
_READ_DEFAULT = 60.0
_BODY_DEFAULT = float(2**20)
_AGAIN = "non_idempotent"
_UNBUFFERING = "x-accel-buffering"
# Included at the top, they bring types, modules or servers of their own.
_HARMLESS = pattern(r".*(?:mime\.types|fastcgi[^/]*|uwsgi[^/]*|scgi[^/]*|modules[^/]*/[^/]*)")
_OTHER_SERVERS = pattern(r".*/?(?:conf\.d|sites-enabled|http\.d)/[^/]*")
_VARIABLE = pattern(r"\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))")
_FILLED_LATER = pattern(r"[$\[<{]")


class _Scope(NamedTuple):
    """What holds in a block: directives by name, variables, and whether a file may say more."""

    told: Mapping[str, Directive]
    variables: Mapping[str, str]
    extended: bool
    path: str


class _Way(NamedTuple):
    """A way to servers, and what holds on it."""

    passing: Directive
    upstreams: tuple[Upstream, ...]
    scope: _Scope


def read_nginx_routes(text: MappedText) -> tuple[Route, ...]:
    """The ways through nginx that a text defines, by what holds on them.

    What is written once and holds on several ways is one route, which leads to all their servers;
    the defaults of each way are one.

    Raises:
        DirectiveError: it is no configuration of nginx.
    """
    root = read_nginx(text.text)
    groups = dict(_groups(root))
    whole = any(one.name.text == "http" for one in root)
    outer = _Scope({}, {}, extended=False, path="")
    ways = tuple(_ways(root, outer, groups))
    return (*_of_written(ways, text), *_of_defaults(ways, text, whole=whole))


def _groups(block: Iterable[Directive]) -> Iterator[tuple[str, tuple[Upstream, ...]]]:
    """The groups of servers that have a name."""
    for one in block:
        if one.name.text == "upstream" and one.block is not None:
            servers = (each.first().text for each in one.block if each.name.text == "server")
            known = dict.fromkeys(filter(None, map(read_upstream, servers)))
            yield one.first().text, tuple(islice(known, _MOST_SERVERS))
        elif one.name.text == "http" and one.block is not None:
            yield from _groups(one.block)


def _ways(
    block: tuple[Directive, ...], outer: _Scope, groups: Mapping[str, tuple[Upstream, ...]]
) -> Iterator[_Way]:
    scope = _within(block, outer)
    for one in block:
        if one.name.text in _PASSES and one.arguments:
            upstreams = _led_to(one.first().text, scope, groups)
            if upstreams:
                yield _Way(one, upstreams, scope)
        elif one.block is not None and one.name.text in _INSIDE and not _is_aside(one):
            title = " ".join((one.name.text, *(word.text for word in one.arguments)))
            path = f"{outer.path}.{title}" if outer.path else title
            yield from _ways(one.block, scope._replace(path=path), groups)


def _within(block: tuple[Directive, ...], outer: _Scope) -> _Scope:
    """What holds inside a block."""
    told, variables, may_say_more = dict(outer.told), dict(outer.variables), outer.extended
    for one in block:
        name = one.name.text
        if name in _INHERITED:
            told[name] = one
        elif name == "set" and len(one.arguments) > 1:
            variables[one.first().text.lstrip("$")] = one.arguments[1].text
        elif name == "include" and not _is_harmless(one, outer):
            may_say_more = True
    return _Scope(told, variables, may_say_more, outer.path)


def _is_harmless(include: Directive, outer: _Scope) -> bool:
    """Whether what is included says nothing of the ways here."""
    name = include.first().text
    if _HARMLESS.fullmatch(name):
        return True
    return outer.path in ("", "http") and _OTHER_SERVERS.fullmatch(name) is not None


def _is_aside(block: Directive) -> bool:
    """Whether a location is for questions that are answered at once."""
    if block.name.text != "location" or not block.arguments:
        return False
    modifier = block.first().text
    return not modifier.startswith("~") and bool(ASIDE.fullmatch(block.arguments[-1].text))


def _led_to(
    address: str, scope: _Scope, groups: Mapping[str, tuple[Upstream, ...]]
) -> tuple[Upstream, ...]:
    """The servers of `proxy_pass`; none where they are not known."""
    said = _VARIABLE.sub(lambda one: scope.variables.get(one[1] or one[2], one[0]), address)
    scheme, _, rest = said.rpartition("://")
    name = rest.partition("/")[0].partition("$")[0]
    if name in groups:
        return groups[name]
    # Behind the host, what a client asked for may follow: `http://$llm$request_uri`.
    host = rest.partition("/")[0]
    known = host.partition("$")[0]
    found = read_upstream(f"{scheme}://{known}" if scheme else known) if known else None
    return (found,) if found else ()


def _of_written(ways: tuple[_Way, ...], text: MappedText) -> Iterator[Route]:
    """What is written, each once with all servers to which it matters."""
    held: dict[int, tuple[Directive, list[_Way]]] = {}
    for way in ways:
        for one in _holding(way):
            held.setdefault(one.name.span.start, (one, []))[1].append(way)
    for one, concerned in held.values():
        hosts = tuple(dict.fromkeys(host for way in concerned for host in way.upstreams))
        way = concerned[0]
        timeouts = tuple(_written_time(one, way, text))
        settings = tuple(_written_settings(one, way, text))
        if timeouts or settings:
            yield _route(way, hosts, text, timeouts, settings)


def _holding(way: _Way) -> Iterator[Directive]:
    """The directives that hold on a way."""
    other = "grpc_read_timeout" if way.passing.name.text == "proxy_pass" else "proxy_read_timeout"
    for name, one in way.scope.told.items():
        if name != other and one.arguments:
            yield one


def _written_time(one: Directive, way: _Way, text: MappedText) -> Iterator[Timeout]:
    name = one.name.text
    seconds = parse_nginx_time(one.first().text) if name in _PASSES.values() else None
    if seconds is not None:
        span = text.place(*one.first().span)
        yield _timeout(name, span, Known(seconds, span), way)


def _written_settings(one: Directive, way: _Way, text: MappedText) -> Iterator[RouteSetting]:
    name, value = one.name.text, one.first()
    if name in _PASSES.values():
        if parse_nginx_time(value.text) is None and not _FILLED_LATER.search(value.text):
            yield _setting("malformed", one, value, way, text)._replace(wants="a time like `600s`,")
    elif name == "proxy_buffering" and value.text.lower() == "on":
        yield _setting("buffered", one, value, way, text)._replace(meant="off", bare=True)
    elif name == "proxy_next_upstream":
        yield from _repeated(one, way, text)
    elif name == "client_max_body_size":
        size = parse_nginx_size(value.text)
        if size:
            yield _setting("limited", one, value, way, text)._replace(amount=size)


def _repeated(one: Directive, way: _Way, text: MappedText) -> Iterator[RouteSetting]:
    for word in one.arguments:
        if word.text == _AGAIN:
            others = [each.text for each in one.arguments if each.text != _AGAIN]
            meant = " ".join((one.name.text, *(others or ["error", "timeout"])))
            yield _setting("retried", one, word, way, text)._replace(meant=meant)


def _of_defaults(ways: tuple[_Way, ...], text: MappedText, *, whole: bool) -> Iterator[Route]:
    """What holds on a way because nothing is written, unless another file may say it."""
    for way in ways:
        if way.scope.extended:
            continue
        told = way.scope.told
        at = way.passing.name
        span = text.place(*at.span)
        timeouts: list[Timeout] = []
        settings: list[RouteSetting] = []
        limit = _PASSES[at.text]
        if limit not in told:
            timeouts.append(_timeout(limit, span, Known(_READ_DEFAULT), way))
        if at.text == "proxy_pass" and "proxy_buffering" not in told:
            settings.append(_default("buffered", "proxy_buffering", span, way, "off"))
        if "client_max_body_size" not in told:
            one = _default("limited", "client_max_body_size", span, way)
            settings.append(one._replace(amount=_BODY_DEFAULT))
        if timeouts or settings:
            made = _route(way, way.upstreams, text, tuple(timeouts), tuple(settings))
            yield made._replace(partial=not whole)


def _route(
    way: _Way,
    hosts: tuple[Upstream, ...],
    text: MappedText,
    timeouts: tuple[Timeout, ...],
    settings: tuple[RouteSetting, ...],
) -> Route:
    ignored = way.scope.told.get("proxy_ignore_headers")
    words = () if ignored is None else ignored.arguments
    return Route(
        span=text.place(*way.passing.name.span),
        kind=NGINX,
        name=hosts[0].host,
        namespace="",
        controller=NGINX,
        timeouts=timeouts,
        backends=(),
        annotations=(),
        path=way.scope.path,
        settings=settings,
        upstreams=tuple((one.host, one.port) for one in hosts),
        heeds_server=not any(word.text.lower() == _UNBUFFERING for word in words),
    )


def _timeout(name: str, span: Span, seconds: Known[float], way: _Way) -> Timeout:
    path = f"{way.scope.path}.{name}" if way.scope.path else name
    return Timeout(span, f"set `{name}` to `600s`", seconds, "idle", path)


def _setting(
    what: str, one: Directive, word: DirectiveWord, way: _Way, text: MappedText
) -> RouteSetting:
    name = one.name.text
    path = f"{way.scope.path}.{name}" if way.scope.path else name
    return RouteSetting(text.place(*word.span), path, what, name, word.text)


def _default(what: str, name: str, span: Span, way: _Way, meant: str = "") -> RouteSetting:
    path = f"{way.scope.path}.{name}" if way.scope.path else name
    return RouteSetting(span, path, what, name, "", meant=meant)
