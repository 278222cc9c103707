"""Words and the spaces between them, as Go sees spaces."""

from __future__ import annotations

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

# What Go's unicode.IsSpace takes for a space; Python's isspace takes four more.
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_SPACE = pattern(f"[{SPACES}]")


class RawWord(NamedTuple):
    """A word: its text as BuildKit has it, and its place in the text that it is part of."""

    start: int
    end: int
    text: str


class WordCollector:
    """Collects words while their characters come in."""

    __slots__ = ("_begin", "_buffer", "_done")

    def __init__(self) -> None:
        self._buffer: list[str] = []
        self._begin = 0
        self._done: list[RawWord] = []

    def add(self, text: str, at: int) -> None:
        """Text written at `at` in which spaces separate words."""
        first, *others = _SPACE.split(text)
        self.add_raw(first, at)
        at += len(first)
        for other in others:
            self.end(at)
            at += 1
            self.add_raw(other, at)
            at += len(other)

    def add_value(self, text: str, at: int) -> None:
        """The value of a variable written at `at`, in which spaces separate words too."""
        first, *others = _SPACE.split(text)
        self.add_raw(first, at)
        for other in others:
            self.end(at)
            self.add_raw(other, at)

    def add_raw(self, text: str, at: int) -> None:
        """Text written at `at` that belongs to the word, spaces and all."""
        if not self._buffer:
            self._begin = at
        if text:
            self._buffer.append(text)

    def end(self, at: int) -> None:
        """The word, if there is one, ends before `at`."""
        if self._buffer:
            self._done.append(RawWord(self._begin, at, "".join(self._buffer)))
            self._buffer.clear()

    def finished(self) -> tuple[RawWord, ...]:
        """All words that have ended."""
        return tuple(self._done)
