"""Of a text that was changed, what is judged again, and what stays as it was said before."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.editor.moved import Moves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.finding import Finding
    from imagelint.core.report import Problem

LONG = 4_000
"""Characters. A shorter text is judged whole in no time."""
SEEN = pattern(r"[^\r\n]")
"""What is not there any more where a text is made blank, line for line."""


class Partial(NamedTuple):
    """What is to be judged of a changed text, in which places are kept.

    `text` is blank where nothing bears upon what is `judged`.
    """

    text: str
    moves: Moves
    judged: tuple[Span, ...]

    def covers(self, span: Span) -> bool:
        """Whether a place of the text is judged."""
        return any(one.start <= span.start < one.end for one in self.judged)

    def findings(self, before: Iterable[Finding], fresh: Iterable[Finding]) -> Iterator[Finding]:
        """Those of before where nothing is judged again, and the fresh ones where it is."""
        for finding in before:
            moved = self.moves.finding(finding)
            if moved is not None and not self.covers(moved.location.span):
                yield moved
        yield from (one for one in fresh if self.covers(one.location.span))

    def problems(self, before: Iterable[Problem], fresh: Iterable[Problem]) -> Iterator[Problem]:
        """The same of problems; a document that does not end well has one where the next begins."""
        for problem in before:
            moved = self.moves.problem(problem)
            place = moved.location if moved is not None else None
            if moved is not None and place is not None and not self.covers(place.span):
                yield moved
        yield from fresh


class Parts:
    """The parts of a text one behind the other, from where they start; the first starts at 0."""

    def __init__(self, text: str, starts: list[int]) -> None:
        self.starts = starts
        self.texts = [text[start:end] for start, end in pairwise((*starts, len(text)))]

    def span(self, at: int) -> Span:
        """Where a part is."""
        return Span(self.starts[at], self.starts[at] + len(self.texts[at]))

    def first_lines(self) -> list[int]:
        """How many lines there are before each part."""
        return [0, *accumulate(text.count("\n") for text in self.texts[:-1])]


class SameParts(Moves):
    """Where what stood in one text is in another of as many parts, if its own is the same."""

    def __init__(self, old: Parts, new: Parts) -> None:
        self._old, self._new = old, new
        lines = zip(old.first_lines(), new.first_lines(), strict=True)
        self._lines = [after - before for before, after in lines]

    def span(self, span: Span) -> Span | None:
        """Where a span went; None where its part is another."""
        at = self._at(span.start)
        text, start = self._old.texts[at], self._old.starts[at]
        if text != self._new.texts[at] or span.end > start + len(text):
            return None
        further = self._new.starts[at] - start
        return Span(span.start + further, span.end + further)

    def lines(self, at: int) -> int:
        """By how many lines the part went on that is at an offset."""
        return self._lines[self._at(at)]

    def _at(self, offset: int) -> int:
        return bisect_right(self._old.starts, offset) - 1
