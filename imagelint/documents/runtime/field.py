"""What one field of a container says, and where that is or would be written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.source import Span

if TYPE_CHECKING:
    from imagelint.documents.base import Node

T = TypeVar("T")


class Place(NamedTuple):
    """A place that a finding may speak about: a span, and its logical path."""

    span: Span
    path: str = ""


NOWHERE = Place(Span(0, 0))


class Proposal(NamedTuple):
    """What would help: the place where it would be written, and the advice to write it."""

    place: Node
    advice: str


class Field(NamedTuple, Generic[T]):
    """A value, and the place where it is written, or would be where it is absent.

    It is a node itself: a finding about it stands at its place.
    """

    value: Fact[T]
    place: Node

    @property
    def span(self) -> Span:
        """Where it is written; for something absent, its deepest existing ancestor's key."""
        return self.place.span

    @property
    def path(self) -> str:
        """The logical path of its place."""
        return getattr(self.place, "path", "")

    @property
    def on(self) -> bool:
        """Whether it certainly says yes: for fields of truth values."""
        return isinstance(self.value, Known) and bool(self.value.value)


def unread() -> Field[T]:
    """A field of a container about which its file says nothing."""
    return Field(UNKNOWN, NOWHERE)
