"""A Caddyfile as a tree of directives.

It reads as Caddy's own lexer and parser do: https://github.com/caddyserver/caddy,
caddyconfig/caddyfile/lexer.go and parse.go
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.proxies.directives import DirectiveError, DirectiveWord, OpenBlocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.proxies.directives import Directive

_PIECE = pattern(
    r"(?P<blank>(?:[^\S\n]|\\\r?\n)++)|(?P<end>\n)|(?P<comment>#[^\n]*+)"
    r"|(?P<quoted>\"(?:[^\"\\]|\\[\s\S])*+\"|`[^`]*+`)"
    r"|(?P<plain>[^\s\\\"`](?:[^\s\\]|\\(?!\r?\n))*+|\\(?:[^\s\\]|\\(?!\r?\n))*+)"
)
_HERE = pattern(r"<<([A-Za-z0-9_-]+)")
_TEMPLATED = ("{{", "{%")


def read_caddy(text: str) -> tuple[Directive, ...]:
    """The sites, snippets and imports of a text, in order; global options have a `{` for a name.

    A site of a text without braces for it has the block that they would enclose.

    Raises:
        DirectiveError: Caddy would not read it either, it is a template, or nested too deeply.
    """
    reading = _Reading()
    for words in _lines(text):
        if _is_sign(words[0], "}"):
            reading.close(words)
        elif _is_sign(words[-1], "{"):
            reading.open(words)
        else:
            reading.add(words)
    return reading.whole(len(text))


class _Reading:
    """What was read of a text: its blocks, and the addresses of a site whose block comes."""

    def __init__(self) -> None:
        self._blocks = OpenBlocks()
        self._addresses: list[DirectiveWord] = []
        self._bare = False

    def open(self, words: list[DirectiveWord]) -> None:
        """Begin the block of a site, of a directive, or of the global options."""
        at = words[0].span.start
        self._addresses += words[:-1] or (() if self._blocks.depth else words)
        if not self._addresses:
            raise DirectiveError('unexpected "{"', at)
        self._blocks.open(self._addresses, at)
        self._addresses = []

    def close(self, words: list[DirectiveWord]) -> None:
        """End a block that braces enclose."""
        if self._blocks.depth == self._bare or len(words) > 1:
            raise DirectiveError('unexpected "}"', words[0].span.start)
        self._blocks.close()

    def add(self, words: list[DirectiveWord]) -> None:
        """Add a directive, or addresses: behind them all that comes is of their site."""
        if self._blocks.depth or words[0].text == "import":
            self._blocks.add(words)
            return
        self._addresses += words
        if not words[-1].text.endswith(","):
            self._blocks.open(self._addresses, words[0].span.start)
            self._addresses, self._bare = [], True

    def whole(self, end: int) -> tuple[Directive, ...]:
        """All of it, where it ends."""
        if self._addresses or self._blocks.depth != self._bare:
            raise DirectiveError('it ends without "}"', end)
        if self._bare:
            self._blocks.close()
        return self._blocks.whole()


def _is_sign(word: DirectiveWord, sign: str) -> bool:
    """Whether a word is a brace alone, which is none within quotes."""
    return word.text == sign and word.span.end - word.span.start == 1


def _lines(text: str) -> Iterator[list[DirectiveWord]]:
    """The words of each line that has some; a backslash continues a line, quotes may as well."""
    words: list[DirectiveWord] = []
    at = 0
    while at < len(text):
        found = _PIECE.match(text, at)
        if found is None:
            raise DirectiveError("a quote is not closed", at)
        at = found.end()
        if found["plain"] is not None:
            here = _HERE.fullmatch(found["plain"])
            at = _past_here(text, here[1], at) if here else at
            words.append(DirectiveWord(found["plain"], Span(found.start(), at)))
            if found["plain"].startswith(_TEMPLATED):
                raise DirectiveError("words stand for others", found.start())
        elif found["quoted"] is not None:
            inner = found["quoted"][1:-1].replace('\\"', '"')
            words.append(DirectiveWord(inner, Span(*found.span())))
        elif found["end"] is not None and words:
            yield words
            words = []
    if words:
        yield words


def _past_here(text: str, marker: str, at: int) -> int:
    """Where a here-document ends whose marker stands before a place."""
    found = re.compile(rf"^[ \t]*{re.escape(marker)}(?=\s|\Z)", re.MULTILINE).search(text, at)
    if found is None:
        raise DirectiveError(f"the here-document {marker} is not closed", at)
    return found.end()
