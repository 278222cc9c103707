"""Here-documents: which words of an instruction begin one."""

from __future__ import annotations

import re

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.expansion.substitution import ExpansionError
from imagelint.documents.dockerfile.expansion.variables import (
    ExpansionStyle,
    expand,
    split_words,
    unset,
)
from imagelint.documents.dockerfile.syntax.splitting import read_json, split_instruction

_HOLDERS = ("RUN", "COPY", "ADD")
_WORD = pattern(r"(\d*)<<(-?)\s*([^<]*)", re.ASCII)
_RAW = ExpansionStyle(raw_quotes=True, raw_escapes=True, keep_unset=True)
_NAME = ExpansionStyle(keep_unset=True)
_NAME_QUOTED = ExpansionStyle(keep_unset=True, raw_quotes=True)


class HereDocWord(NamedTuple):
    """`<<-"EOF"` in the joined text of an instruction, between `start` and `end`."""

    start: int
    end: int
    name: str
    expand: bool
    chomp: bool


def may_hold_heredocs(line: str, escape: str) -> bool:
    """Whether BuildKit looks for here-documents in an instruction."""
    parts = split_instruction(line, escape)
    if parts.keyword.upper() == "ONBUILD":
        parts = split_instruction(line, escape, parts.rest_start)
    return parts.keyword.upper() in _HOLDERS and not isinstance(read_json(parts.rest), tuple)


def heredoc_words(line: str) -> tuple[HereDocWord, ...]:
    """The words of a joined line that begin here-documents, in order."""
    try:
        words = split_words(line, unset, _RAW)
    except ExpansionError:
        return ()
    found: list[HereDocWord] = []
    for word in words.value if isinstance(words, Known) else ():
        heredoc = heredoc_word(word.text) if "<<" in word.text else None
        if heredoc is not None:
            found.append(heredoc._replace(start=word.start, end=word.end))
    return tuple(found)


def heredoc_word(word: str) -> HereDocWord | None:
    """The here-document that a word begins, or None; it has no place yet."""
    match = _WORD.fullmatch(word)
    if match is None or not match[3]:
        return None
    try:
        plain = split_words(match[3], unset, _NAME)
        quoted = expand(match[3], unset, _NAME_QUOTED)
    except ExpansionError:
        return None
    if not isinstance(plain, Known) or len(plain.value) != 1 or not isinstance(quoted, Known):
        return None
    name = plain.value[0].text
    expanded = _quotes(name) == _quotes(quoted.value)
    return HereDocWord(0, len(word), name, expanded, chomp=bool(match[2]))


def _quotes(text: str) -> int:
    return text.count("'") + text.count('"')
