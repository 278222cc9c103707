"""Allowances in the comments of YAML files: ours, and those written for other tools."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.base import (
    Allowance,
    Dialect,
    stated_reason,
    trivy_ignores,
    unreadable_allowance,
)
from imagelint.documents.yaml.nodes import Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.yaml.nodes import YamlNode

_COMMENT = pattern(
    r"(?:(?<=[ \t\n])|\A)#[ \t]*(?:(?i:imagelint)[ \t:-]"
    r"|(?:trivy|tfsec):ignore:|(?:checkov|bridgecrew):skip=)[^\r\n]*"
)
# What each of them has in it: looking for these first costs next to nothing.
_SIGNS = ("imagelint", ":ignore:", ":skip=")
_OURS = pattern(
    r"#\s*imagelint:\s*allow\s+(?P<rules>[^\s,]+(?:\s*,\s*[^\s,]+)*)"
    r"(?:\s+in\s+(?P<scope>file)\b)?\s*(?:--\s*(?P<reason>.*))?"
)
_TRIVY = pattern(r"(?:trivy|tfsec):ignore:")
_CHECKOV = pattern(r"#\s*(?:checkov|bridgecrew):skip=(\w+)(?::(.*))?")
# Lines of other comments between a comment and what it speaks of.
_FARTHEST = 50


class _NodeIndex(NamedTuple):
    """Where nodes are, in order of their starts: `wholes` are items of lists and documents."""

    scalars: tuple[Span, ...]
    entries: tuple[Span, ...]
    wholes: tuple[Span, ...]
    documents: tuple[Span, ...]


def comment_allowances(source: Source, documents: tuple[YamlNode, ...]) -> Iterator[Allowance]:
    """The allowances in comments, in source order.

    Behind something, a comment speaks of its line and of the value that its key begins there; on
    a line of its own, of the entry or the item that begins on the next line with content.
    """
    text = source.text
    if not any(sign in text for sign in _SIGNS) and "imagelint" not in text.lower():
        return
    comments = _COMMENT.finditer(text)
    places = _places(documents)
    for comment in comments:
        span = Span(comment.start(), comment.start() + len(comment[0].rstrip()))
        if not _inside(places.scalars, span.start):
            yield from _allowances(source, span, places)


def _allowances(source: Source, span: Span, places: _NodeIndex) -> Iterator[Allowance]:
    written = source.text[span.start : span.end]
    if match := _OURS.match(written):
        scope = Span(0, len(source.text)) if match["scope"] else _scope(source, span, places)
        reason = stated_reason(match["reason"])
        for rule in re.split(r"[\s,]+", match["rules"]):
            yield Allowance(rule, reason, scope, span)
    elif match := _CHECKOV.match(written):
        scope = _around(places.documents, span)
        yield Allowance(match[1], stated_reason(match[2]), scope, span, Dialect.CHECKOV)
    elif _TRIVY.search(written):
        for rule, until in trivy_ignores(written):
            scope = _scope(source, span, places)
            yield Allowance(rule, "", scope, span, Dialect.TRIVY, until=until)
    else:
        yield from unreadable_allowance(written, span)


def _scope(source: Source, comment: Span, places: _NodeIndex) -> Span:
    line = source.position(comment.start).line
    whole = source.line_span(line)
    if source.text[whole.start : comment.start].strip():
        return _line_with_value(places.entries, whole)
    last = min(len(source.line_starts), line + _FARTHEST)
    while line < last:
        line += 1
        content = source.line(line).strip()
        if content and not content.startswith("#"):
            return _begun(places, source.line_span(line))
    return Span(comment.end, comment.end)


def _begun(places: _NodeIndex, line: Span) -> Span:
    """The widest that begins on a line, or else the line."""
    found = [*_starting(places.entries, line), *_starting(places.wholes, line)]
    return max(found, key=lambda span: span.end - span.start, default=line)


def _starting(spans: tuple[Span, ...], line: Span) -> tuple[Span, ...]:
    return spans[
        bisect_right(spans, Span(line.start, -1)) : bisect_right(spans, Span(line.end, -1))
    ]


def _line_with_value(entries: tuple[Span, ...], line: Span) -> Span:
    """The line, to the end of what the last key on it holds."""
    last = max((span.end for span in _starting(entries, line)), default=0)
    return Span(line.start, max(line.end, last))


def _around(documents: tuple[Span, ...], place: Span) -> Span:
    """The document that a comment stands in or above."""
    at = bisect_right(documents, Span(place.start, place.start))
    if at and (at == len(documents) or place.start < documents[at - 1].end):
        return documents[at - 1]
    return documents[at] if documents else place


def _inside(scalars: tuple[Span, ...], offset: int) -> bool:
    at = bisect_right(scalars, Span(offset, offset)) - 1
    return at >= 0 and scalars[at].start < offset < scalars[at].end


def _places(documents: tuple[YamlNode, ...]) -> _NodeIndex:
    scalars: list[Span] = []
    entries: list[Span] = []
    # Above the first entry of a document, a comment speaks of all of it.
    wholes = [document.span for document in documents]
    pending: list[YamlNode] = list(documents)
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:  # an alias: its nodes have their places already
            continue
        seen.add(id(node))
        if isinstance(node, Scalar):
            scalars.append(node.span)
        elif isinstance(node, Sequence):
            wholes += [item.span for item in node.items]
            pending += node.items
        else:
            entries += [entry.span for entry in node.entries]
            pending += [part for entry in node.entries for part in entry]
    spans = tuple(document.span for document in documents)
    return _NodeIndex(tuple(sorted(scalars)), tuple(sorted(entries)), tuple(sorted(wholes)), spans)
