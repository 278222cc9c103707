"""Arrays of bash: the words that a script keeps under a name, and hands on all at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Word

ALL_WORDS = pattern(r"(?:\"\$\{(\w+)\[@\]\}\"|\$\{(\w+)\[[@*]\]\})")
"""What stands for all words of an array."""
ARRAY = pattern(r"(?P<name>[A-Za-z_]\w*)(?P<more>\+)?=\((?P<words>.*)\)", re.DOTALL)
"""How a script sets an array, or adds to it."""
_ELEMENT = pattern(
    r"(?P<comment>(?<![^\s])#[^\n]*)|(?P<gap>\s+|\\\r?\n)"
    r"|(?P<word>(?:\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\"|\$\([^()\"']*\)|\$\{[^{}\"']*\}"
    r"|[^\s'\"\\()])+)",
    re.DOTALL,
)
MOST_WORDS = 1_000
"""Words of one array: one that is put into another again and again doubles each time."""


class Array(NamedTuple):
    """The words under a name; `complete` is false where there may be more."""

    words: tuple[Word, ...]
    complete: bool = True

    def plus(self, other: Array) -> Array:
        """The same with the words of another behind."""
        return Array((*self.words, *other.words), self.complete and other.complete)


def elements(text: str) -> list[tuple[int, int]] | None:
    """Where the words of a literal stand; None where it cannot be read, or names its places."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        match = _ELEMENT.match(text, at)
        if match is None or (match["word"] and match["word"].startswith("[")):
            return None
        if match["word"]:
            found.append(match.span())
        at = match.end()
    return found
