"""Apply edits to a text: from the end, so that no edit moves another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.core.finding import Edit
    from imagelint.core.source import Span


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with every edit made; the same edit twice is one.

    Line feeds that are put in become the line ends of the text.

    Raises:
        ValueError: an edit is outside of the text, or two are about the same place of it.
    """
    ordered = sorted({(edit.span, edit.text) for edit in edits}, reverse=True)
    carriage = _ends_lines_with_returns(text)
    begun: Span | None = None
    for span, new in ordered:
        if not 0 <= span.start <= span.end <= len(text):
            raise ValueError(f"{span} is outside of the text")
        if begun is not None and touches(span, begun):
            raise ValueError(f"{span} and {begun} are about the same place")
        written = new.replace("\r\n", "\n").replace("\n", "\r\n") if carriage else new
        text = text[: span.start] + written + text[span.end :]
        begun = span
    return text


def touches(one: Span, other: Span) -> bool:
    """Whether two edits cannot be made together: they overlap, or begin at the same place."""
    return one.start == other.start or (one.start < other.end and other.start < one.end)


def _ends_lines_with_returns(text: str) -> bool:
    first = text.find("\n")
    return first > 0 and text[first - 1] == "\r"
