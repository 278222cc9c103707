from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.source import Source, Span
from imagelint.documents.base import Document, Text
from imagelint.documents.complaints import BadSubstitution as Bad

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node


class Letter(NamedTuple):
    span: Span


class Digit(NamedTuple):
    span: Span


class Plate(Document):
    """Every character is a node; counts how often they are listed."""

    __slots__ = ("listed",)

    def __init__(self, text: str) -> None:
        super().__init__(Source("x", text), complaints=(Bad(Span(0, 0), "x", "no state"),))
        self.listed = 0

    def nodes(self) -> Iterator[Node]:
        self.listed += 1
        for at, character in enumerate(self.source.text):
            yield (Digit if character.isdigit() else Letter)(Span(at, at + 1))


def test_nodes_are_listed_once_whoever_asks() -> None:
    plate = Plate("a1b")
    assert [type(node) for node in plate.walk()] == [
        Plate,
        Text,
        Bad,
        Letter,
        Digit,
        Letter,
    ]
    assert [*map(id, plate.walk())] == [*map(id, plate.walk())]
    assert [node.span.start for node in plate.nodes_of(Letter)] == [0, 2]
    assert plate.nodes_of(Digit) == (Digit(Span(1, 2)),)
    assert plate.nodes_of(Bad) == plate.complaints
    assert plate.nodes_of(Span) == ()
    assert plate.listed == 1


def test_what_is_derived_from_a_document_is_computed_once() -> None:
    calls: list[Document] = []

    def length(document: Document) -> int:
        calls.append(document)
        return len(document.source.text)

    def nothing(_document: Document) -> None:
        calls.append(plate)

    plate, other = Plate("a1b"), Plate("a")
    assert (plate.derived(length), plate.derived(length), other.derived(length)) == (3, 3, 1)
    assert calls == [plate, other]
    assert plate.derived(nothing) is None
    assert plate.derived(nothing) is None
    assert len(calls) == 3
