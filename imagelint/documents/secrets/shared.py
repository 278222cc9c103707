"""Secrets in texts that many documents have in common: lock files, values, start scripts."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from imagelint.core.digest import sha256
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.redact import secret_spans
from imagelint.core.source import Span
from imagelint.documents.secrets.disguised import disguised_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_TEXTS = 1_024
_MOST_SPANS = 100
"""Texts with more of them are looked through anew: few have any."""
_LISTED = 'hash = "sha256:'
# How uv and poetry list the files of a release, nine tenths of a lock file: a name and a digest
# that the index gives to everybody. What stands at another address is read.
_RELEASE_FILE = pattern(
    r'(?<=\{)[ ]?(?:url = "https://files\.pythonhosted\.org/packages/[0-9a-f/]{1,99}/|file = ")'
    r'[\w.+-]{1,199}", hash = "sha256:[0-9a-f]{64}"(?:, size = \d{1,12})?'
    r'(?:, upload-time = "[\dTZ:.+-]{1,40}")?[ ]?(?=\})'
)


class TextSecrets(NamedTuple):
    """Where secrets stand in a text: those that it shows, and those that only its reader sees."""

    shown: tuple[Span, ...]
    disguised: tuple[Span, ...]


_KNOWN: dict[bytes, TextSecrets] = {}


def secrets_in(text: str) -> TextSecrets:
    """Where in the text of another file secrets may stand.

    A lock file is a hundred times as long as the Dockerfiles beside it that install from it: it is
    looked through once. Kept are places, by the digest of the text, never the text.
    """
    key = sha256(text.encode(errors="surrogatepass")).digest()
    known = _KNOWN.get(key)
    if known is not None:
        return known
    found = TextSecrets(tuple(_shown(text)), tuple(disguised_spans(text)))
    if len(_KNOWN) >= _MOST_TEXTS:
        _KNOWN.clear()
    if len(found.shown) + len(found.disguised) <= _MOST_SPANS:
        _KNOWN[key] = found
    return found


def _shown(text: str) -> Iterator[Span]:
    if _LISTED not in text:
        yield from secret_spans(text)
        return
    kept: list[str] = []
    begins: list[int] = []  # where each piece begins in what is kept
    shifts: list[int] = []  # how much further it begins in the text
    done = length = 0
    for match in _RELEASE_FILE.finditer(text):
        begins.append(length)
        shifts.append(done - length)
        kept.append(text[done : match.start()])
        length += match.start() - done
        done = match.end()
    begins.append(length)
    shifts.append(done - length)
    kept.append(text[done:])
    for start, end in secret_spans("".join(kept)):
        first, last = bisect_right(begins, start) - 1, bisect_right(begins, end - 1) - 1
        yield Span(start + shifts[first], end + shifts[last])
