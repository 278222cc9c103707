"""Which allowances of a document were not there before."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import AllowanceKind
from imagelint.core.source import Span
from imagelint.documents.base import Dialect
from imagelint.engine.inline import MOST_ALLOWANCES, reached

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Allowance, Document

_MOST_ANCHOR = 2_000
_SCOPE = pattern(r"\b(?:in\s+(file|stage)|(global|stage)\s+ignore)\b")
_NAMES = pattern(r"^[ \t-]*(?:kind|name|namespace):[ \t]*(\S+)", re.MULTILINE)


class Word(NamedTuple):
    """What an allowance says, whatever its reason and wherever it stands."""

    rule: str
    dialect: str
    kind: str
    scope: str


class Said(NamedTuple):
    """An allowance of a document, what it says, and of what: the text where that begins."""

    allowance: Allowance
    word: Word
    anchor: str


class Before:
    """What documents allowed before; each allowance of now takes one of these."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._of_something: Counter[tuple[Word, str]] = Counter()
        self._words: Counter[Word] = Counter()
        for document in documents:
            for one in said_in(document, inside=True):
                self._of_something[one.word, one.anchor] += 1
                self._words[one.word] += 1

    def takes(self, said: Said) -> bool:
        """Whether that was said of the same before."""
        key = (said.word, said.anchor)
        if not self._of_something[key]:
            return False
        self._of_something[key] -= 1
        self._words[said.word] -= 1
        return True

    def takes_word(self, said: Said) -> bool:
        """Whether that was said of something else before, of which it is not said any more."""
        if self._words[said.word] <= 0:
            return False
        self._words[said.word] -= 1
        return True


def said_in(document: Document, *, inside: bool = False) -> Iterator[Said]:
    """What a document allows, in source order, as far as that means anything to us.

    With `inside` also what the documents allow that stand in it.
    """
    considered = islice(document.allowances, MOST_ALLOWANCES)
    for allowance in (*considered, *islice(document.elsewhere, MOST_ALLOWANCES)):
        if reached(allowance):
            yield Said(allowance, _word(document, allowance), _anchor(document, allowance))
    if inside:
        for embedded in document.embedded:
            yield from said_in(embedded.document, inside=True)


def _word(document: Document, allowance: Allowance) -> Word:
    written = document.written(allowance.span).partition("--")[0]
    scope = _SCOPE.search(written) if allowance.kind is AllowanceKind.INLINE else None
    return Word(
        allowance.rule.lower(),
        allowance.dialect.value,
        allowance.kind.value,
        next(filter(None, scope.groups()), "") if scope else "",
    )


def _anchor(document: Document, allowance: Allowance) -> str:
    """What an allowance speaks of, by the words with which it begins."""
    scope = allowance.scope
    start = Span(scope.start, min(scope.end, scope.start + _MOST_ANCHOR))
    text = document.written(start) if start.start < start.end else ""
    if allowance.kind is AllowanceKind.ANNOTATION:
        return " ".join(_NAMES.findall(text))
    if allowance.dialect is Dialect.CHECKOV or scope.start == 0:
        return ""
    return " ".join(text.partition("\n")[0].split())
