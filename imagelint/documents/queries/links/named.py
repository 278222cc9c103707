"""The addresses that variables, settings, commands and proxies name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.scaling import Route
from imagelint.documents.shared import CommandLine, Holder, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from imagelint.documents.base import Document
    from imagelint.documents.shared import EnvVar

    Naming: TypeAlias = EnvVar | Setting | Route | CommandLine

_ADDRESS = pattern(
    r"\b(https?)://([A-Za-z0-9_][A-Za-z0-9_.-]{0,252})(?::([0-9]{1,5}))?"
    r"(?=[/?#\s\"'`;,<>)\]}]|\Z)"
)
_HOST = pattern(r"(?<![A-Za-z0-9_.-])[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}:[0-9]{1,5}")
_LONGEST = 300  # characters of a line before an address, among which a comment may begin
_MOST_MISSED = 100  # each is looked for in all that is left of the text
_PORTS = {"http": 80, "https": 443}
_HOLDERS = (Holder.CONFIG_MAP, Holder.ENVIRONMENT_FILE, Holder.GATEWAY)
_SCHEME = "://"
_READ = ("compose", "kubernetes", "dotenv", "dockerfile", "litellm")
"""The kinds of documents whose variables and settings have services around them."""


class Named(NamedTuple):
    """A host and a port, and where they are written in a text: both, or the host alone."""

    host: str
    port: int
    span: Span


def named_in(subject: Naming, document: Document) -> Iterator[tuple[Named, Place]]:
    """The addresses that a subject names, each with its place: where it is written, if that is."""
    if isinstance(subject, Route):
        for host, port in dict.fromkeys(subject.upstreams):
            if port:
                address = Named(host, int(port), Span(0, 0))
                yield address, _upstream_place(subject, address, document)
        return
    text, span = _stated(subject, document) if document.kind in _READ else ("", subject.span)
    if _SCHEME not in text:
        return
    whole, at, missed = document.written(span), 0, 0
    for address in dict.fromkeys(_addresses_in(text)):
        written = text[address.span.start : address.span.end]
        # They are written in the order in which they are read, unless they are written otherwise.
        found = whole.find(written, at) if missed < _MOST_MISSED else -1
        at, missed = max(at, found), missed + (found < 0)
        yield address, Place(_part(span, found, written), subject.path)


def _part(span: Span, at: int, written: str) -> Span:
    """A part of a place, or all of it where the part is written in another way."""
    start = span.start + at
    return span if at < 0 else Span(start, start + len(written))


def _upstream_place(route: Route, address: Named, document: Document) -> Place:
    """Where a proxy is told of a server, which may be far from the way that leads to it."""
    written = f"{address.host}:{address.port}"
    at = document.derived(_hosts).get(written, -1) if document.kind not in _READ else -1
    if at < 0:
        at = document.written(route.span).find(written)
        return Place(_part(route.span, at, written), route.path)
    return Place(Span(at, at + len(written)), route.path)


def _hosts(document: Document) -> dict[str, int]:
    """Where each host is written with a port, -1 for those that stand in several places."""
    found: dict[str, int] = {}
    for one in _HOST.finditer(document.source.text):
        found[one[0]] = -1 if one[0] in found else one.start()
    return found


def _stated(subject: EnvVar | Setting | CommandLine, document: Document) -> tuple[str, Span]:
    """What a variable, a setting or a command holds, and where; nothing that lies elsewhere."""
    if isinstance(subject, CommandLine):
        return document.written(subject.span), subject.span
    if isinstance(subject, Setting):
        return (subject.text if subject.holder in _HOLDERS else ""), subject.span
    value = subject.value
    text = value.value if isinstance(value, Known) and not subject.reference else ""
    return text, subject.value_span


def _addresses_in(text: str) -> Iterator[Named]:
    """The hosts and ports of the URLs in a text; those in comments are none."""
    for found in _ADDRESS.finditer(text):
        scheme, host, port = found.groups()
        before = text[max(0, found.start() - _LONGEST) : found.start()]
        if "#" not in before.rpartition("\n")[2]:
            yield Named(host, int(port or _PORTS[scheme]), Span(found.start(2), found.end()))
