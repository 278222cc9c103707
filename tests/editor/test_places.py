"""Places of texts as editors count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, PositionEncodingKind

from imagelint.core.source import Span
from imagelint.editor.moved import TextChange
from imagelint.editor.places import Places
from tests.examples import examples

TEXTS = st.text(st.sampled_from("ab \n\r\u2028\x0c\u00e9\U0001f600"), max_size=30)
ENCODINGS = list(PositionEncodingKind)


@given(TEXTS, st.integers(0, 40), st.sampled_from(ENCODINGS))
@examples(200)
def test_a_position_leads_back_to_its_offset(
    text: str, offset: int, encoding: PositionEncodingKind
) -> None:
    places = Places(text, encoding)
    inside = min(offset, len(text))
    back = places.offset(places.position(inside))
    # Between the two characters of a line's end there is no position of an editor.
    assert back == inside or text[inside - 1 : inside + 1] == "\r\n"


@pytest.mark.parametrize(
    ("encoding", "column"), [("utf-8", 6), ("utf-16", 4), ("utf-32", 3)], ids=str
)
def test_columns_are_counted_in_the_units_of_the_client(encoding: str, column: int) -> None:
    places = Places("x\na\U0001f600bc", encoding)
    assert places.position(5) == Position(1, column)
    assert places.offset(Position(1, column)) == 5


def test_lines_end_as_the_protocol_says() -> None:
    places = Places("a\r\nb\rc\u2028d\ne")
    assert [places.line(number) for number in range(places.lines)] == ["a", "b", "c\u2028d", "e"]
    assert places.offset(Position(0, 99)) == 1
    assert places.offset(Position(99, 0)) == 10
    assert places.whole().end == Position(3, 1)
    assert places.position(99) == Position(3, 1)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
@examples(200)
def test_places_move_with_what_stands_before_them(
    before: str, old: str, new: str, after: str
) -> None:
    moved = TextChange(before + old + after, before + new + after).span
    start = len(before) + len(old)
    found = moved(Span(start, start + len(after)))
    if found is not None:
        assert (before + new + after)[found.start : found.end] == after
    first = moved(Span(0, len(before)))
    assert first is None or first == Span(0, len(before))


def test_a_place_that_was_changed_is_nowhere() -> None:
    moved = TextChange("abc def ghi", "abc xyz! ghi").span
    assert moved(Span(0, 3)) == Span(0, 3)
    assert moved(Span(4, 7)) is None
    assert moved(Span(8, 11)) == Span(9, 12)
    assert TextChange("a", "a").span(Span(0, 1)) == Span(0, 1)
