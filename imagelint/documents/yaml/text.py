"""Where each character of a YAML scalar's value stands in the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText
from imagelint.documents.yaml.nodes import MappedScalar

if TYPE_CHECKING:
    from imagelint.documents.yaml.nodes import Scalar

_BLANK = " \t\r\n"
_ALL = 1_000_000_000
_ESCAPE_WIDTHS = {"x": 4, "u": 6, "U": 10}
_ESCAPING = {'"': "\\", "'": "''"}


def contiguous(scalar: Scalar) -> Span | None:
    """The span under which the value stands character for character, None if there is none."""
    start, end = scalar.span
    if end - start != len(scalar.raw):
        return None  # it is decided there, and written nowhere
    if scalar.raw == scalar.text:
        return scalar.span
    return Span(start + 1, end - 1) if scalar.raw[1:-1] == scalar.text else None


def offsets(scalar: Scalar) -> tuple[int, ...] | None:
    """The offset in the source of each character of the value; None where they do not align.

    Folding, indentation and escapes are undone: a character which is not written itself stands
    where the line break or the escape is.
    """
    raw = scalar.raw
    if scalar.span.end - scalar.span.start != len(raw):
        return None
    at, indent = _content(scalar)
    quote = raw[:1] if not scalar.plain and not scalar.block else ""
    found: list[int] = []
    for character in scalar.text:
        at = _seek(raw, at, character, indent, quote)
        if at < 0:
            return None
        found.append(scalar.span.start + at)
        at = _next(raw, at, indent, quote)
    return tuple(found)


def map_scalar(scalar: Scalar) -> MappedText:
    """The value of a scalar with the places of its characters."""
    if isinstance(scalar, MappedScalar):
        return scalar.mapped
    span = contiguous(scalar)
    if span is not None:
        return MappedText.verbatim(scalar.text, span.start)
    starts = offsets(scalar) or ()
    raw, quote, first = scalar.raw, scalar.raw[:1], scalar.span.start
    escape = "" if scalar.plain else _ESCAPING.get(quote, "")
    if not escape or escape not in raw[1:-1]:
        return MappedText(scalar.text, scalar.span, starts)
    ends = tuple(start + _width(raw, start - first, quote) for start in starts)
    return MappedText(scalar.text, scalar.span, starts, ends)


def _content(scalar: Scalar) -> tuple[int, int]:
    """Where the content begins, and how many blanks at the start of a line are not part of it."""
    raw = scalar.raw
    if not scalar.block:
        return (0 if scalar.plain else 1), _ALL
    start = raw.find("\n") + 1 or len(raw)
    first = next((line for line in raw[start:].split("\n") if line.strip()), "")
    value = scalar.text.lstrip("\n")
    indent = _blanks(first) - _blanks(value) if first and value else _ALL
    return _past_break(raw, start - 1, indent), indent


def _seek(raw: str, at: int, character: str, indent: int, quote: str) -> int:
    """The offset from `at` on of what stands for a character, -1 if something else is there."""
    while at < len(raw):
        here = raw[at]
        if quote == '"' and here == "\\":
            if raw[at + 1 : at + 2] not in ("\n", "\r"):
                return at
            at += 1  # an escaped line break stands for nothing
        elif here == character or (character in " \n" and here in _BLANK):
            return at
        elif here not in _BLANK:
            return -1
        at = _past_break(raw, at, indent) if raw[at] == "\n" else at + 1
    # The last line break of a block is not part of its span.
    return at if character == "\n" else -1


def _next(raw: str, at: int, indent: int, quote: str) -> int:
    if at >= len(raw):
        return at
    return _past_break(raw, at, indent) if raw[at] == "\n" else at + _width(raw, at, quote)


def _width(raw: str, at: int, quote: str) -> int:
    """How many characters stand for the one that is written at an offset."""
    if quote == '"' and raw[at : at + 1] == "\\":
        return _ESCAPE_WIDTHS.get(raw[at + 1 : at + 2], 2)
    return 2 if quote == "'" and raw[at : at + 1] == "'" else 1


def _past_break(raw: str, at: int, indent: int) -> int:
    at += 1
    end = min(len(raw), at + indent)
    while at < end and raw[at] in " \t":
        at += 1
    return at


def _blanks(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
