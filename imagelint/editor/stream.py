"""Of a long stream of YAML documents, what has to be judged again when one of them was changed."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import accumulate
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
_MOST_HOLDERS = 4
"""A word that so few documents hold names something: it may tie them together."""
_START = pattern(r"(?m)^---(?=\s|\Z)")
_WORD = pattern(r"[\w.-]{3,}")
_SEEN = pattern(r"[^\r\n]")
_BEYOND_ONE = pattern(r"(?m)^(?:%|\.\.\.)|\{\{")
"""What may be about more than one document: a directive, an end, a template."""


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


def part_of(before: str, after: str) -> Partial | None:
    """What to judge of a text that was changed; None: all of it.

    That are the documents that were changed and those that share a rare word with one of them, as
    a Service shares a name with what it selects.
    """
    if len(after) < LONG or _BEYOND_ONE.search(after) or _BEYOND_ONE.search(before):
        return None
    old, new = _Stream(before), _Stream(after)
    if len(old.texts) != len(new.texts):
        return None
    changed = {at for at, text in enumerate(new.texts) if text != old.texts[at]}
    judged = _tied(new.texts, changed, (old.texts[at] for at in changed))
    kept = _tied(new.texts, judged)
    if len(kept) * 2 > len(new.texts):
        return None
    return Partial(new.blanked(kept), _Same(old, new), tuple(new.span(at) for at in judged))


def _tied(texts: list[str], some: set[int], further: Iterable[str] = ()) -> set[int]:
    """Some of the documents, and all that share a rare word with one of them, or with others."""
    words = [frozenset(_WORD.findall(text)) for text in texts]
    holders = Counter(word for each in words for word in each)
    theirs = frozenset().union(*(words[at] for at in some), *map(_WORD.findall, further))
    names = {word for word in theirs if holders[word] <= _MOST_HOLDERS}
    return {at for at, each in enumerate(words) if at in some or each & names}


class _Stream:
    """The documents of a stream, each from its `---` to the next one."""

    def __init__(self, text: str) -> None:
        starts = [match.start() for match in _START.finditer(text)]
        if not starts or starts[0] > 0:
            starts.insert(0, 0)
        self.starts = starts
        ends = (*starts[1:], len(text))
        self.texts = [text[start:end] for start, end in zip(starts, ends, strict=True)]

    def span(self, at: int) -> Span:
        """Where a document is."""
        return Span(self.starts[at], self.starts[at] + len(self.texts[at]))

    def blanked(self, kept: set[int]) -> str:
        """The text with only some documents left in it, where they were."""
        return "".join(
            text if at in kept else _SEEN.sub(" ", text) for at, text in enumerate(self.texts)
        )

    def first_lines(self) -> list[int]:
        """How many lines there are before each document."""
        return [0, *accumulate(text.count("\n") for text in self.texts[:-1])]


class _Same(Moves):
    """Where what stood in one stream is in another of as many documents, if its own is the same."""

    def __init__(self, old: _Stream, new: _Stream) -> None:
        self._old, self._new = old, new
        lines = zip(old.first_lines(), new.first_lines(), strict=True)
        self._lines = [after - before for before, after in lines]

    def span(self, span: Span) -> Span | None:
        """Where a span went; None where its document is another."""
        at = self._at(span.start)
        text, start = self._old.texts[at], self._old.starts[at]
        if text != self._new.texts[at] or span.end > start + len(text):
            return None
        further = self._new.starts[at] - start
        return Span(span.start + further, span.end + further)

    def lines(self, at: int) -> int:
        """By how many lines the document went on that is at an offset."""
        return self._lines[self._at(at)]

    def _at(self, offset: int) -> int:
        return bisect_right(self._old.starts, offset) - 1
