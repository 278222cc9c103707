"""The ways through HAProxy: its sections, to which servers they lead, and what holds there.

https://docs.haproxy.org/3.2/configuration.html (2.2 Quoting and escaping, 2.5 Time format,
4.2 `timeout server`, `timeout tunnel`, `retry-on`, `http-request disable-l7-retry`)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.proxies.upstreams import read_upstream
from imagelint.documents.quantity import parse_haproxy_time
from imagelint.documents.serving.scaling import Route, RouteSetting, Timeout
from imagelint.documents.template import template_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.documents.mapped import MappedText
    from imagelint.documents.proxies.upstreams import Upstream

HAPROXY = "HAProxy"
"""How the program is called in what is said about it."""
_WORD = pattern(r"(?:\\.|\"(?:[^\"\\]|\\.)*+\"|'[^']*+'|[^\s#\"'\\])++")
_LINE_END = pattern(r"(?<!\\)\n")
_QUOTES = pattern(r"\\(.)|[\"']")
_SECTIONS = frozenset(
    {"global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "mailers"}
    | {"program", "http-errors", "ring", "cache", "userlist", "log-forward", "fcgi-app"}
    | {"crt-store", "traces", "acme", "dynamic-update", "log-profile"}
)
_WITH_SERVERS = ("backend", "listen")
_FILLED_LATER = pattern(r"[$\[<{]")
# Behind these the server may have begun, or done, its work; behind 503 it took no request.
_WORKING = frozenset(
    {"all-retryable-errors", "empty-response", "junk-response", "response-timeout"}
    | {"500", "502", "504"}
)
# HAProxy's own braces stand alone, behind a percent sign, or before words.
_TEMPLATE = pattern(r"^[^#\n]*(?:\{\{|\{%[-+ ])", re.MULTILINE)
_TIMES = ("server", "tunnel")
_DECIDED_THERE = ("set-timeout", "disable-l7-retry")
# Times of other proxies' languages that HAProxy does not read.
_TIME = pattern(r"[0-9]+(?:us|ms|s|m|h|d)?")


class _Word(NamedTuple):
    text: str
    span: Span


class _Told(NamedTuple):
    """A line of a section that the servers of others inherit: its words behind the first ones."""

    field: str
    words: tuple[_Word, ...]


class _Section(NamedTuple):
    """A section with its lines; `start` is its keyword, `name` empty where it has none."""

    start: _Word
    name: str
    base: str
    lines: tuple[tuple[_Word, ...], ...]


def read_haproxy_routes(text: MappedText) -> tuple[Route, ...]:
    """The ways through HAProxy that a text defines.

    What is written once in `defaults` is one route, which leads to the servers of all the sections
    for which it holds.

    Raises:
        DocumentError: it is a template.
    """
    if _TEMPLATE.search(text.text):
        raise template_error(text.text)
    defaults: dict[str, Mapping[str, _Told]] = {}
    last: Mapping[str, _Told] = {}
    held: dict[int, tuple[_Told, list[Upstream], _Section]] = {}
    for section in _sections(text.text):
        inherited = defaults.get(section.base, {}) if section.base else last
        told = {**inherited, **_told(section)}
        if section.start.text == "defaults":
            last = defaults[section.name] = told
        elif section.start.text in _WITH_SERVERS:
            hosts = tuple(_hosts(section))
            for one in _holding(told) if hosts else ():
                at = one.words[0].span.start
                held.setdefault(at, (one, [], section))[1].extend(hosts)
    return tuple(
        route
        for one, hosts, section in held.values()
        for route in _route(one, tuple(dict.fromkeys(hosts)), section, text)
    )


def _sections(text: str) -> Iterator[_Section]:
    head: tuple[_Word, ...] = ()
    lines: list[tuple[_Word, ...]] = []
    for words in _lines(text):
        if words[0].text not in _SECTIONS:
            lines.append(words)
            continue
        if head:
            yield _section(head, lines)
        head, lines = words, []
    if head:
        yield _section(head, lines)


def _section(head: tuple[_Word, ...], lines: list[tuple[_Word, ...]]) -> _Section:
    words = [word.text for word in head[1:]]
    base = words[words.index("from") + 1] if "from" in words[:-1] else ""
    name = words[0] if words and words[0] != "from" else ""
    return _Section(head[0], name, base, tuple(lines))


def _lines(text: str) -> Iterator[tuple[_Word, ...]]:
    """The words of each line that has some: a comment ends it, a backslash continues it."""
    at = 0
    for end in (*(found.start() for found in _LINE_END.finditer(text)), len(text)):
        words = tuple(_words(text, at, end))
        if words:
            yield words
        at = end + 1


def _words(text: str, at: int, end: int) -> Iterator[_Word]:
    while at < end:
        if text[at].isspace() or text[at : at + 2] == "\\\n":
            at += 1
            continue
        found = _WORD.match(text, at, end)
        if found is None:
            return
        said = _QUOTES.sub(lambda one: one[1] or "", found[0])
        yield _Word(said.strip(), Span(*found.span()))
        at = found.end()


def _told(section: _Section) -> dict[str, _Told]:
    """What a section says that matters on the way to a server, by field."""
    found: dict[str, _Told] = {}
    for first, *rest in section.lines:
        words = tuple(rest)
        if first.text == "timeout" and len(words) > 1 and words[0].text in _TIMES:
            found[f"timeout {words[0].text}"] = _Told(f"timeout {words[0].text}", words[1:])
        elif first.text in ("retry-on", "retries", "mode") and words:
            found[first.text] = _Told(first.text, words)
        elif first.text == "http-request" and words and words[0].text in _DECIDED_THERE:
            found[words[0].text] = _Told(words[0].text, words)
    return found


def _holding(told: Mapping[str, _Told]) -> Iterator[_Told]:
    """What holds for the servers of a section."""
    tcp = "mode" in told and told["mode"].words[0].text == "tcp"
    limit = told.get("timeout tunnel") if tcp else None
    limit = limit or told.get("timeout server")
    if limit is not None and "set-timeout" not in told:
        yield limit
    never = "retries" in told and told["retries"].words[0].text == "0"
    if "retry-on" in told and not never and not tcp and "disable-l7-retry" not in told:
        yield told["retry-on"]


def _hosts(section: _Section) -> Iterator[Upstream]:
    for words in section.lines:
        place = {"server": 2, "server-template": 3}.get(words[0].text, 0)
        if place and len(words) > place:
            found = read_upstream(words[place].text)
            if found is not None:
                yield found


def _route(
    one: _Told, hosts: tuple[Upstream, ...], section: _Section, text: MappedText
) -> Iterator[Route]:
    path = f"{section.start.text} {section.name}.{one.field}"
    timeouts: tuple[Timeout, ...] = ()
    settings: tuple[RouteSetting, ...] = ()
    if one.field == "retry-on":
        settings = tuple(_repeated(one, path, text))
    elif not _FILLED_LATER.search(one.words[0].text):
        word = one.words[0]
        span = text.place(*word.span)
        seconds = parse_haproxy_time(word.text) if _TIME.fullmatch(word.text) else None
        if seconds is None:
            made = RouteSetting(span, path, "malformed", one.field, word.text)
            settings = (made._replace(wants="a time like `600s`,"),)
        else:
            advice = f"set `{one.field}` to `600s`"
            timeouts = (Timeout(span, advice, Known(seconds, span), "idle", path),)
    if timeouts or settings:
        yield Route(
            span=text.place(*section.start.span),
            kind=HAPROXY,
            name=hosts[0].host,
            namespace="",
            controller=HAPROXY,
            timeouts=timeouts,
            backends=(),
            annotations=(),
            path=path,
            settings=settings,
            upstreams=tuple((host.host, host.port) for host in hosts),
        )


def _repeated(one: _Told, path: str, text: MappedText) -> Iterator[RouteSetting]:
    for word in one.words:
        if word.text in _WORKING:
            kept = [each.text for each in one.words if each.text not in _WORKING]
            meant = " ".join((one.field, *(kept or ["conn-failure"])))
            yield RouteSetting(text.place(*word.span), path, "retried", one.field, word.text, meant)
