"""Text within quotes as a script of its own, with the way back to where it is written."""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText

_PIECE = pattern(
    r"(?P<single>'[^']*')|(?P<quote>\$?\")|\\(?P<gone>\r?\n)|\\(?P<escape>.)"
    r"|(?P<command>\$\(|`|<\()|(?P<plain>.)",
    re.DOTALL,
)
_QUOTED_PIECE = pattern(
    r"(?P<quote>\")|\\(?P<gone>\r?\n)|\\(?P<escape>[\"\\$`])|(?P<command>\$\(|`)|(?P<plain>.)",
    re.DOTALL,
)
SUBSTITUTED = "$_"  # a variable whose value nobody knows stands for what was run already


class Quoted(NamedTuple):
    """A text within quotes; its places are offsets into the word, quotes included.

    `literal` is true when the outer shell leaves every `$` of it alone.
    """

    mapped: MappedText
    literal: bool


def unquote(raw: str) -> Quoted:
    """The text that a word's quotes enclose; variables stay as they are written.

    A command substitution in it is run by the outer shell: a variable `$_` takes its place.
    """
    body = raw[1:-1]
    if len(raw) > 1 and raw[0] == raw[-1] == "'" and "'" not in body:
        return Quoted(MappedText.verbatim(body, 1), literal=True)
    double = len(raw) > 1 and raw[0] == raw[-1] == '"' and '"' not in body
    if double and "\\" not in body and "$(" not in body and "`" not in body:
        return Quoted(MappedText.verbatim(body, 1), literal=False)
    return _pieces(raw, quoted=False)


def unquote_document(raw: str) -> Quoted:
    """The same for the body of a here-document whose delimiter is not quoted."""
    if "\\" not in raw and "$(" not in raw and "`" not in raw:
        return Quoted(MappedText.verbatim(raw, 0), literal=False)
    return _pieces(raw, quoted=True)


def _pieces(raw: str, *, quoted: bool) -> Quoted:
    document = quoted
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(raw):
        match = (_QUOTED_PIECE if quoted else _PIECE).match(raw, at)
        if match is None:  # a lone backslash within quotes, or at the end
            text.append(raw[at])
            starts.append(at)
            at += 1
            ends.append(at)
            continue
        start, at = at, match.end()
        kind = match.lastgroup
        if kind == "quote" and not document:
            quoted = not quoted
        elif kind == "single":
            text.append(match[0][1:-1])
            starts += range(start + 1, at - 1)
            ends += range(start + 2, at)
        elif kind == "command":
            at = substitution_end(raw, match.end(), match[0])
            text.append(SUBSTITUTED)
            starts += [start] * len(SUBSTITUTED)
            ends += [at] * len(SUBSTITUTED)
        elif document and match[0] == '\\"':  # which means nothing there
            text.append(match[0])
            starts += (start, start + 1)
            ends += (start + 1, at)
        elif kind != "gone":
            text.append(match[0][-1])
            starts.append(start)
            ends.append(at)
    mapped = MappedText("".join(text), Span(0, len(raw)), starts, ends)
    return Quoted(mapped, literal=False)


def substitution_end(raw: str, at: int, opener: str) -> int:
    """The offset behind a substitution that is open at `at`; the end when it never closes."""
    if opener == "`":
        end = raw.find("`", at)
        return len(raw) if end < 0 else end + 1
    depth = 1
    while at < len(raw):
        if raw[at] == "(":
            depth += 1
        elif raw[at] == ")":
            depth -= 1
        at += 1
        if not depth:
            break
    return at
