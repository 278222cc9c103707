"""Text with the way back to where it is written: a script in quotes, in YAML, in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class MappedText(NamedTuple):
    """A text that was taken out of another one, or put into another order.

    `span` is where all of it is written. `starts[i]` is the offset at which its character i is
    written, `ends[i]` the one behind; without `ends` each is written as one character. `starts` is
    a range where the text is written character for character, and empty where nothing is known but
    `span`.
    """

    text: str
    span: Span
    starts: Sequence[int]
    ends: Sequence[int] | None = None

    @classmethod
    def verbatim(cls, text: str, start: int) -> MappedText:
        """A text that is written character for character from an offset on."""
        end = start + len(text)
        return cls(text, Span(start, end), range(start, end))

    @property
    def is_verbatim(self) -> bool:
        """Whether the text is written character for character."""
        return isinstance(self.starts, range)

    def place(self, start: int, end: int) -> Span:
        """Where a range of the text is written."""
        starts = self.starts
        if not starts:
            return self.span
        if start < end:
            return Span(starts[start], self._end(end - 1))
        at = starts[start] if start < len(starts) else self._end(len(starts) - 1)
        return Span(at, at)

    def select(self, indices: Sequence[int], span: Span) -> MappedText:
        """The text of some of the characters, which stand under a span."""
        if isinstance(indices, range) and indices.step == 1:
            piece = slice(indices.start, indices.stop)
            ends = self.ends[piece] if self.ends else None
            return MappedText(self.text[piece], span, self.starts[piece], ends)
        text = "".join(self.text[index] for index in indices)
        starts = tuple(self.starts[index] for index in indices) if self.starts else ()
        behind = tuple(self.ends[index] for index in indices) if self.ends else None
        return MappedText(text, span, starts, behind)

    def within(self, outer: MappedText) -> MappedText:
        """The same text, whose places are offsets into another one, by the places of that one."""
        span = outer.place(*self.span)
        if not outer.starts or not self.starts:
            return MappedText(self.text, span, ())
        if isinstance(self.starts, range):
            piece = slice(self.starts.start, self.starts.stop)
            ends = outer.ends[piece] if outer.ends else None
            return MappedText(self.text, span, outer.starts[piece], ends)
        starts = tuple(outer.starts[start] for start in self.starts)
        ends = tuple(outer._end(self._end(index) - 1) for index in range(len(starts)))
        return MappedText(self.text, span, starts, ends)

    def moved(self, move: Callable[[Span], Span]) -> MappedText:
        """The same text, whose places are elsewhere."""
        span, starts = move(self.span), self.starts
        if isinstance(starts, range):
            whole = move(Span(starts.start, starts.stop))
            if whole.end - whole.start == len(starts):
                return MappedText(self.text, span, range(whole.start, whole.end))
        places = [move(Span(start, self._end(at))) for at, start in enumerate(starts)]
        ends = tuple(place.end for place in places)
        return MappedText(self.text, span, tuple(place.start for place in places), ends)

    def replaced(self, pieces: Iterable[tuple[int, int, str]]) -> MappedText:
        """The text with others for some ranges, in order: all of one stands where its range did."""
        texts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for start, end, text in (*pieces, (len(self.text), len(self.text), "")):
            texts += (self.text[at:start], text)
            starts += (*range(at, start), *[start] * len(text))
            ends += (*range(at + 1, start + 1), *[end] * len(text))
            at = end
        if len(texts) == 2:  # noqa: PLR2004 - nothing but the end
            return self
        inner = MappedText("".join(texts), Span(0, len(self.text)), tuple(starts), tuple(ends))
        return inner.within(self)

    def _end(self, index: int) -> int:
        return self.ends[index] if self.ends else self.starts[index] + 1
