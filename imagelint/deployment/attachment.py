"""The texts of other documents as parts of one, so that what they say has a place in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText
from imagelint.documents.parts import Attachments, TextPart

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.base import Document
    from imagelint.documents.execution import ExecutionPlace

T = TypeVar("T")
_STEP = 1 << 16
"""Where others' texts may begin: at one place in most documents, so that what is moved there for
one of them serves for all."""


class Attacher:
    """Attaches the texts of other documents to one, each once."""

    def __init__(self, document: Document) -> None:
        self._own = document.source.origin
        self._next = -(-document.parts[-1].next_start // _STEP) * _STEP
        self._starts: dict[str, int] = {}
        self.attachments = Attachments()

    def offset(self, other: Document, *, certain: bool) -> int:
        """Where the places of another document begin in this one.

        `certain` tells that no other document can be meant: what is said of its text is then no
        less certain than what is said of the document's own.
        """
        origin = other.source.origin
        if origin == self._own:
            return 0
        if origin not in self._starts:
            self._starts[origin] = self._next
            self._attach(other, self._next, certain=certain)
        return self._starts[origin]

    def _attach(self, other: Document, start: int, *, certain: bool) -> None:
        def move(span: Span) -> Span:
            return Span(span.start + start, span.end + start)

        known = self.attachments
        parts = tuple(
            TextPart(start + part.start, part.source, certain and (part.certain or not part.start))
            for part in other.parts
        )
        allowances = tuple(
            one._replace(scope=move(one.scope), span=move(one.span))
            for one in (*other.allowances, *other.elsewhere)
        )
        self.attachments = Attachments(
            (*known.parts, *parts),
            known.asked,
            (*known.allowances, *allowances),
            (*known.concealed, *map(move, other.concealed())),
        )
        self._next = parts[-1].next_start


def shifted(value: T, offset: int, place: ExecutionPlace) -> T:
    """A tree of records with its places in an attached text, standing in another place."""

    def move(span: Span) -> Span:
        return Span(span.start + offset, span.end + offset)

    return cast("T", _moved(value, move, place))


def mapped(value: T, text: MappedText, place: ExecutionPlace) -> T:
    """A tree of records that was read from a text which stands in another one."""
    return cast("T", _moved(value, lambda span: text.place(*span), place))


def _moved(value: object, move: Callable[[Span], Span], place: ExecutionPlace) -> object:
    if isinstance(value, Span):
        return move(value)
    if isinstance(value, MappedText):
        return value.moved(move)
    if hasattr(value, "secret_advice"):  # it stands elsewhere now, as the rest does
        return place
    if isinstance(value, dict):
        return {key: _moved(one, move, place) for key, one in value.items()}
    if not isinstance(value, tuple):
        return value
    parts = tuple(_moved(part, move, place) for part in value)
    make = getattr(value, "_make", None)
    return make(parts) if make else parts
