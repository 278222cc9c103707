"""How BuildKit takes the joined text of one instruction apart: keyword, flags, words, JSON.

The rules are those of `split_command.go` and `line_parsers.go` of moby/buildkit's parser. Places
are offsets into the joined text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.syntax.words import SPACES, RawWord

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANKS = pattern(r"[\t\v\f\r ]+")
# BuildKit looks for flags byte by byte, so that only these are spaces to it.
_ASCII_SPACES = "\t\n\v\f\r "
_NOT_BLANK = pattern(r"[^\t\v\f\r ]+")


class InstructionParts(NamedTuple):
    """An instruction's keyword, flags, and the rest with its place."""

    keyword: str
    keyword_start: int
    flags: tuple[RawWord, ...]
    rest: str
    rest_start: int


def split_instruction(line: str, escape: str, start: int = 0) -> InstructionParts:
    """Keyword, flags and the rest of a joined line from `start` on."""
    while start < len(line) and line[start] in SPACES:
        start += 1
    end = max(start, len(line.rstrip(SPACES)))
    blank = _BLANKS.search(line, start, end)
    if blank is None:
        return InstructionParts(line[start:end], start, (), "", end)
    flags: list[RawWord] = []
    at = _flags(line, blank.end(), end, escape, flags)
    rest = line[at:end]
    bare = rest.lstrip(SPACES)
    keyword = line[start : blank.start()]
    return InstructionParts(keyword, start, tuple(flags), bare, at + len(rest) - len(bare))


def _flags(line: str, at: int, end: int, escape: str, flags: list[RawWord]) -> int:
    """Read `--flag` words from `at` on; where the rest begins."""
    while at < end:
        if line[at] in _ASCII_SPACES:
            at += 1
            continue
        if not line.startswith("--", at, end):
            return at
        start = at
        at, text = _flag(line, at, end, escape)
        if text == "--":
            return at
        flags.append(RawWord(start, at, text))
    return end


def _flag(line: str, at: int, end: int, escape: str) -> tuple[int, str]:
    """One flag from `at` on: where it ends, and its text without quotes and escapes."""
    text: list[str] = []
    quote = ""
    while at < end:
        character = line[at]
        if not quote and character in _ASCII_SPACES:
            break
        if character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote = character
        else:
            if character == escape:
                at += 1
                character = line[at : min(at + 1, end)]
            text.append(character)
        at += 1
    return min(at, end), "".join(text)


def split_blanks(text: str, start: int) -> Iterator[RawWord]:
    """Words between blanks, quotes not minded."""
    for match in _NOT_BLANK.finditer(text):
        yield RawWord(start + match.start(), start + match.end(), match[0])


def split_quoted(text: str, start: int, escape: str) -> Iterator[RawWord]:
    """Words in which quotes hold blanks together; quotes and escapes are kept."""
    for match in _quoted_words(escape).finditer(text):
        # An escape character at the very end escapes nothing, and is dropped.
        word = match[0][:-1] if match.lastgroup else match[0]
        if word:
            yield RawWord(start + match.start(), start + match.start() + len(match[0]), word)


def _quoted_words(escape: str) -> re.Pattern[str]:
    return _WORDS_TICK if escape == "`" else _WORDS_SLASH


def _words(escape: str) -> re.Pattern[str]:
    e = re.escape(escape)
    double = rf'"(?:[^"{e}]|{e}.)*+(?:"|(?P<inside>{e})?\Z)'
    single = r"'[^']*+(?:'|\Z)"
    return pattern(rf"(?:{e}.|(?P<end>{e})\Z|{double}|{single}|[^'\"{e}{SPACES}])++", re.DOTALL)


_WORDS_SLASH = _words("\\")
_WORDS_TICK = _words("`")


class NotStrings:
    """A JSON array of something else than strings: BuildKit refuses the instruction."""


def read_json(text: str) -> tuple[str, ...] | type[NotStrings] | None:
    """The strings of a JSON array; None when the text is no JSON array at all."""
    if not text.startswith("[") or not text.endswith("]"):
        return None
    from json import loads

    try:
        values = loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    if all(isinstance(value, str) for value in values):
        return tuple(values) if text.isascii() and "\\u" not in text else _without_halves(values)
    return NotStrings


# Half of a pair, which Go replaces too.
_SURROGATE = pattern("[\ud800-\udfff]")


def _without_halves(values: list[str]) -> tuple[str, ...]:
    return tuple(_SURROGATE.sub("\ufffd", value) for value in values)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


_STRING = pattern(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)


def json_pieces(text: str, start: int, values: tuple[str, ...]) -> Iterator[RawWord]:
    """The strings of a JSON array with their places, quotes included."""
    for match, value in zip(_STRING.finditer(text), values, strict=True):
        yield RawWord(start + match.start(), start + match.end(), value)
