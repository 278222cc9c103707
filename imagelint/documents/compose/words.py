"""Command lines of compose: a list of words, or a string that compose splits into words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.compose.interpolation import fill, interpolated, variables_of
from imagelint.documents.mapped import MappedText
from imagelint.documents.serving.startscript import unknown_word
from imagelint.documents.shell.script import Word
from imagelint.documents.yaml.nodes import Scalar, Sequence
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Indexed

    from imagelint.documents.yaml.cursor import Cursor

# What compose's splitter knows: quotes and backslashes, no expansion.
# https://github.com/compose-spec/compose-go, package `types`, over mattn/go-shellwords
# A variable that is not known is one piece, whatever stands in it: it is filled in before.
_PIECE = pattern(
    r"(\$\{(?:[^{}]|\{[^{}]*\})*\})|\\(.)|'([^']*)'|\"((?:[^\"\\]|\\.)*)\""
    r"|((?:[^\s'\"\\$]|\$\$|\$(?!\{))+|\$)",
    re.DOTALL,
)
_ESCAPED = pattern(r"\\(.)", re.DOTALL)
_SPACES = pattern(r"\s*")
_PLAIN = pattern(r"[^\s'\"\\$]+(?!\S)")
_QUOTING = frozenset("'\"\\")


Indices: TypeAlias = "Indexed[int]"


class MappedWord(NamedTuple):
    """A word with the places of its characters, for a script that it may be."""

    word: Word
    mapped: MappedText
    path: str


class CommandLine(NamedTuple):
    """The words of a `command` or an `entrypoint`; `complete` is false if some are missing."""

    words: tuple[MappedWord, ...]
    complete: bool = True

    @property
    def span(self) -> Span | None:
        """Where they are written; None where there are none."""
        spans = [one.word.span for one in self.words]
        if not spans:
            return None
        return Span(min(span.start for span in spans), max(span.end for span in spans))


def read_words(place: Cursor) -> CommandLine:
    """The words at a place."""
    node = place.node
    if isinstance(node, Sequence):
        return CommandLine(tuple(whole(item) for item in place.items()))
    if not isinstance(node, Scalar) or node.value is None:
        return CommandLine((), complete=node is None or isinstance(node, Scalar))
    line = fill(map_scalar(node), variables_of(place))
    indices = _split(line.text)
    if indices is None:
        return CommandLine((), complete=False)
    path = place.path
    return CommandLine(tuple(_mapped_word(line, span, chosen, path) for span, chosen in indices))


def is_open(place: Cursor) -> bool:
    """Whether a line that is known cannot be split: a quote in it is not closed."""
    node = place.node
    if not isinstance(node, Scalar) or node.value is None or "$" in node.text:
        return False
    if _QUOTING.isdisjoint(node.text):
        return False
    return _split(map_scalar(node).text) is None


def whole(item: Cursor) -> MappedWord:
    """A scalar that is one word, whatever stands in it."""
    if not isinstance(item.node, Scalar):
        return MappedWord(unknown_word(item), MappedText("", item.span, ()), item.path)
    mapped = fill(map_scalar(item.node), variables_of(item))
    fact = interpolated(mapped.text)
    value = Known(fact.value, item.span) if isinstance(fact, Known) else UNKNOWN
    return MappedWord(Word(mapped.span, item.node.raw, value), unescaped(mapped), item.path)


def _mapped_word(line: MappedText, span: Span, chosen: Indices, path: str) -> MappedWord:
    """A word of a line: `chosen` are the characters of the line that are its value."""
    at = line.place(*span)
    mapped = line.select(chosen, at)
    fact = interpolated(mapped.text)
    value = Known(fact.value, at) if isinstance(fact, Known) else UNKNOWN
    raw = line.text[span.start : span.end]
    return MappedWord(Word(at, raw, value), unescaped(mapped), path)


def unescaped(mapped: MappedText) -> MappedText:
    """The text with `$$` as `$`, which is what the container gets to see."""
    text = mapped.text
    if "$$" not in text:
        return mapped
    kept = []
    index = 0
    while index < len(text):
        index += text.startswith("$$", index)
        kept.append(index)
        index += 1
    return mapped.select(kept, mapped.span)


def _split(text: str) -> list[tuple[Span, Indices]] | None:
    """Span of each word and the indices of the characters of its value; None if a quote is open."""
    words: list[tuple[Span, Indices]] = []
    at = 0
    while True:
        spaces = _SPACES.match(text, at)
        at = spaces.end() if spaces else at
        if at == len(text):
            return words
        if plain := _PLAIN.match(text, at):
            words.append((Span(at, plain.end()), range(at, plain.end())))
            at = plain.end()
            continue
        start = at
        chosen: list[int] = []
        while at < len(text) and not text[at].isspace():
            match = _PIECE.match(text, at)
            if match is None:
                return None
            chosen += _value_indices(match)
            at = match.end()
        words.append((Span(start, at), chosen))


def _value_indices(match: re.Match[str]) -> Iterator[int]:
    group = match.lastindex or 0
    start, end = match.span(group)
    if group != 4:  # noqa: PLR2004 - the group of double quotes, where backslashes escape
        yield from range(start, end)
        return
    at = start
    for escape in _ESCAPED.finditer(match.string, start, end):
        yield from range(at, escape.start())
        yield escape.start() + 1
        at = escape.end()
    yield from range(at, end)
