"""The texts of a document: its own, and those of other files that are read as parts of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.documents.base import Allowance


class TextPart(NamedTuple):
    """A text of a document: its own, or that of another file which is read as a part of it.

    Places in it are offsets behind `start`, so that a span says by itself in which text it lies.
    `certain` tells that no other text can have been meant.
    """

    start: int
    source: Source
    certain: bool = False

    def local(self, span: Span) -> Span:
        """A span by the offsets of the text alone."""
        return Span(span.start - self.start, span.end - self.start)

    def shifted(self, span: Span) -> Span:
        """A span of the text by the offsets of the document."""
        return Span(span.start + self.start, span.end + self.start)

    @property
    def next_start(self) -> int:
        """Where the places of another text may begin."""
        return self.start + len(self.source.text) + 1


class Attachments(NamedTuple):
    """The texts of other files that are parts of a document: the scripts that an image starts.

    `asked` are the names of all files that were looked for, relative to the document's folder.
    `allowances` are written in those texts, `concealed` are the secrets in them that nobody may
    see.
    """

    parts: tuple[TextPart, ...] = ()
    asked: tuple[str, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    concealed: tuple[Span, ...] = ()


def part_at(parts: Sequence[TextPart], offset: int) -> TextPart:
    """The text in which an offset lies, among the texts of a document in their order."""
    return next((part for part in reversed(parts) if offset >= part.start), parts[0])
