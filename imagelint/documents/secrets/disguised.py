"""Keys that nobody finds by their shapes as they are written: split, escaped, in base64."""

from __future__ import annotations

from base64 import b64decode
from bisect import bisect_right
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.redact import secret_spans
from imagelint.core.source import Span
from imagelint.documents.secrets.values import secret_kind

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

# A word that goes on in the next line, and the escapes of YAML, JSON and `$'…'` for letters.
_ESCAPE = pattern(
    r"(?<=[\w+/=.~-])\\\r?\n[ \t]*(?=[\w+/=.~-])|\\(?:x|u00)(?P<code>[2-7][0-9A-Fa-f])"
)
_DECODED = pattern(r"[bB](?:ase|ASE)?64")
_BASE64 = pattern(r"(?<![\w+/=-])[A-Za-z0-9+/]{32,}={0,2}(?![\w+/=-])")
_REACH = 400  # characters on both sides of an escape that are looked at
_LONGEST_LINE = 10_000


def disguised_spans(text: str) -> Iterator[Span]:
    """Where keys are written that have their shapes only when the text is read as it is meant.

    The escapes are those of any language: a key by its shape is one in each of them.
    """
    if "\\" in text:
        yield from _escaped(text)
    if "64" in text:
        yield from _encoded(text)


def revealed(written: str) -> str:
    """The key that is meant by the text under such a span; any other text as it is."""
    if secret_kind(written):
        return written
    if _BASE64.fullmatch(written):
        meant = _decoded(written)
        return next((meant[start:end] for start, end in _keys(meant)), written)
    return _ESCAPE.sub(_letter, written)


def _escaped(text: str) -> Iterator[Span]:
    run: list[re.Match[str]] = []
    for match in _ESCAPE.finditer(text):
        if run and match.start() - run[-1].end() > _REACH:
            yield from _joined(text, run)
            run = []
        run.append(match)
    if run:
        yield from _joined(text, run)


def _joined(text: str, run: list[re.Match[str]]) -> Iterator[Span]:
    """The keys that some neighbouring escapes are a part of."""
    at = max(0, run[0].start() - _REACH)
    pieces: list[str] = []
    length = 0
    behind: list[int] = []  # where each piece ends in what is joined
    shift: list[int] = []  # how much further the next one is written
    for match in run:
        pieces += (text[at : match.start()], _letter(match))
        length += match.start() - at + len(pieces[-1])
        at = match.end()
        behind.append(length)
        shift.append(at - length)
    pieces.append(text[at : at + _REACH])
    joined = "".join(pieces)
    first = run[0].start() - min(run[0].start(), _REACH)
    for start, end in _keys(joined):
        before, last = bisect_right(behind, start), bisect_right(behind, end)
        if before < last:
            yield Span(start + (shift[before - 1] if before else first), end + shift[last - 1])


def _keys(text: str) -> Iterator[Span]:
    return (span for span in secret_spans(text) if secret_kind(text[span.start : span.end]))


def _letter(match: re.Match[str]) -> str:
    """What an escape stands for: nothing, where a line ends."""
    return chr(int(match["code"], 16)) if match["code"] else ""


def _encoded(text: str) -> Iterator[Span]:
    """Keys in base64 in the lines that speak of it."""
    done = 0
    for match in _DECODED.finditer(text):
        if match.start() < done:
            continue
        first = max(done, match.start() - _LONGEST_LINE)
        start = max(first, text.rfind("\n", first, match.start()))
        end = text.find("\n", match.end(), match.end() + _LONGEST_LINE)
        done = match.end() + _LONGEST_LINE if end < 0 else end
        for token in _BASE64.finditer(text, start, done):
            if any(_keys(_decoded(token[0]))):
                yield Span(*token.span())


def _decoded(token: str) -> str:
    """What a word in base64 says, empty where it is none or no plain text."""
    try:
        words = b64decode(token + "=" * (-len(token) % 4), validate=True)
    except ValueError:
        return ""
    return words.decode() if words.isascii() else ""
