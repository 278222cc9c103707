"""A text, the name under which the user knows it, and places in it."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Span(NamedTuple):
    """A half-open range of code-point offsets into one text."""

    start: int
    end: int

    @property
    def span(self) -> Span:
        """Itself, so that a bare span can stand wherever a node can."""
        return self

    def covers(self, other: Span) -> bool:
        """Whether `other` lies within this span."""
        return self.start <= other.start and other.end <= self.end


def covering(scopes: Sequence[Span], places: Sequence[Span]) -> list[list[int]]:
    """For each place the numbers of the scopes which cover it, in the order of the scopes.

    One sweep over the text: its cost is that of sorting both, and of what it tells.
    """
    found: list[list[int]] = [[] for _ in places]
    waiting = sorted(range(len(scopes)), key=scopes.__getitem__, reverse=True)
    opened: list[int] = []
    for number in sorted(range(len(places)), key=places.__getitem__):
        place = places[number]
        while waiting and scopes[waiting[-1]].start <= place.start:
            opened.append(waiting.pop())
        opened = [scope for scope in opened if scopes[scope].end >= place.start]
        found[number] = sorted(scope for scope in opened if place.end <= scopes[scope].end)
    return found


class Position(NamedTuple):
    """A place as an editor shows it: line and column, both counted from 1, in code points."""

    line: int
    column: int


class Source:
    """One text and its origin: a path relative to where the user stands, `-`, or an image name."""

    __slots__ = ("_starts", "origin", "text")

    def __init__(self, origin: str, text: str) -> None:
        self.origin = origin
        self.text = text
        self._starts: list[int] | None = None

    def __repr__(self) -> str:
        return f"Source({self.origin!r}, {len(self.text)} characters)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source) and (self.origin, self.text) == (other.origin, other.text)

    def __hash__(self) -> int:
        return hash((self.origin, self.text))

    @property
    def line_starts(self) -> list[int]:
        """Offset of the first character of each line; only a line feed ends a line."""
        if self._starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return self._starts

    def position(self, offset: int) -> Position:
        """Line and column of an offset between 0 and the length of the text."""
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a line counted from 1, without its line ending."""
        starts = self.line_starts
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].removesuffix("\r")

    def line_span(self, number: int) -> Span:
        """The span of a line counted from 1, without its line feed."""
        starts = self.line_starts
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return Span(starts[number - 1], end)

    def whole_lines(self, span: Span) -> Span | None:
        """The lines of a span with their line feeds; None where they hold more than it.

        Blanks do not count, nor does a comment behind it.
        """
        first, last = self.position(span.start).line, self.position(max(span.end - 1, 0)).line
        start, end = self.line_span(first).start, self.line_span(last).end
        behind = self.text[span.end : end].strip()
        if self.text[start : span.start].strip() or not (behind == "" or behind.startswith("#")):
            return None
        return Span(start, min(end + 1, len(self.text)))


def outermost(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans that lie in no other, in order."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not found or span.end > found[-1].end:
            found.append(span)
    return tuple(found)


def is_within(span: Span, spans: tuple[Span, ...]) -> bool:
    """Whether one of some spans covers another; they are in order, and none lies in another."""
    at = bisect_right(spans, span.start, key=lambda each: each.start)
    return at > 0 and spans[at - 1].covers(span)
