"""What programs wrote for programs: where it can be read in two ways, it is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.yaml.document import read_stream
from imagelint.documents.yaml.load import Cursor
from imagelint.documents.yaml.nodes import Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source


def read_object(source: Source, kind: str) -> Cursor:
    """The root of the one document of a text, which says each thing once.

    Raises:
        DocumentError: it cannot be parsed, or says one thing twice.
    """
    stream = read_stream(source, kind)
    if stream.duplicates or len(stream.documents) > 1:
        span = stream.duplicates[0].span if stream.duplicates else stream.documents[1].span
        raise DocumentError(ProblemKind.UNPARSABLE, "says one thing twice", span)
    return Cursor(stream.documents[0] if stream.documents else None)


def items(place: Cursor) -> Iterator[Cursor]:
    """The items of a list; none where nothing, or null, is written.

    Raises:
        DocumentError: something else is written.
    """
    if isinstance(place.node, Sequence):
        for index in range(len(place.node.items)):
            yield place[index]
    elif place.exists and not place.null:
        raise unreadable(place, "is no list")


def number(place: Cursor) -> float | None:
    """The number that is there; None where nothing, or null, is written.

    Raises:
        DocumentError: something else is written, or an infinite number.
    """
    return needed_number(place) if place.number() is not ABSENT else None


def needed_number(place: Cursor) -> float:
    """The number that is there.

    Raises:
        DocumentError: there is none.
    """
    fact = place.number()
    if not isinstance(fact, Known):
        raise unreadable(place, "is no number")
    return float(fact.value)


def truth(place: Cursor) -> bool | None:
    """The truth value that is there; None where nothing, or null, is written.

    Raises:
        DocumentError: something else is written.
    """
    fact = place.boolean()
    if fact is ABSENT:
        return None
    if not isinstance(fact, Known):
        raise unreadable(place, "is neither true nor false")
    return bool(fact.value)


def unreadable(place: Cursor, why: str) -> DocumentError:
    """That what is written somewhere cannot be what is meant."""
    return DocumentError(ProblemKind.UNPARSABLE, f"`{place.path}` {why}", place.span)
