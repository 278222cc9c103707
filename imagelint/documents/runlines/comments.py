"""Allowances in the comments of files whose lines run containers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.base import Allowance, stated_reason, unreadable_allowance

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT = pattern(r"(?<![^\s;&|])#[ \t]*(?i:imagelint)[ \t:-][^\r\n]*")
_OURS = pattern(
    r"#\s*imagelint:\s*allow\s+(?P<rules>[^\s,]+(?:\s*,\s*[^\s,]+)*)"
    r"(?:\s+in\s+(?P<scope>file)\b)?\s*(?:--\s*(?P<reason>.*))?"
)
_BETWEEN = pattern(r"[ \t\r]*(?:[#;][^\n]*)?(?:\n|\Z)")
_LINE = pattern(r"(?:[^\\\n]|\\(?:\r?\n)?)*+")

# Lines of other comments between a comment and what it speaks of.
_FARTHEST = 50


def line_allowances(text: str) -> Iterator[Allowance]:
    """The allowances in comments, in source order.

    Behind something, a comment speaks of its line; on a line of its own, of the next one with
    content, and of all lines by which that is continued.
    """
    if "imagelint" not in text.lower():
        return
    for comment in _COMMENT.finditer(text):
        written = comment[0].rstrip()
        span = Span(comment.start(), comment.start() + len(written))
        match = _OURS.match(written)
        if match is None:
            yield from unreadable_allowance(written, span)
            continue
        scope = Span(0, len(text)) if match["scope"] else _scope(text, span)
        for rule in re.split(r"[\s,]+", match["rules"]):
            yield Allowance(rule, stated_reason(match["reason"]), scope, span)


def _scope(text: str, comment: Span) -> Span:
    begin = text.rfind("\n", 0, comment.start) + 1
    if text[begin : comment.start].strip():
        return Span(_first_line(text, begin), comment.start)
    at = text.find("\n", comment.end) + 1 or len(text)
    for _ in range(_FARTHEST):
        between = _BETWEEN.match(text, at) if at < len(text) else None
        if between is None:
            break
        at = between.end()
    line = _LINE.match(text, at)
    return Span(at, line.end() if line else at)


def _first_line(text: str, begin: int) -> int:
    """Where the command begins whose last line begins there."""
    while begin > 1 and text.endswith(("\\\n", "\\\r\n"), 0, begin):
        begin = text.rfind("\n", 0, begin - 1) + 1
    return begin
