from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText

SOURCE = 'say "a\\"b" twice'
ESCAPED = MappedText('a"b', Span(4, 10), (5, 6, 8), (6, 8, 9))


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [(0, 1, "a"), (1, 2, '\\"'), (0, 3, 'a\\"b'), (2, 3, "b"), (2, 2, ""), (3, 3, "")],
)
def test_a_range_is_found_where_it_is_written(start: int, end: int, written: str) -> None:
    assert SOURCE[slice(*ESCAPED.place(start, end))] == written


def test_an_empty_range_stands_where_its_character_would() -> None:
    assert ESCAPED.place(0, 0) == (5, 5)
    assert ESCAPED.place(2, 2) == (8, 8)
    assert ESCAPED.place(3, 3) == (9, 9)
    assert MappedText.verbatim("ab", 7).place(2, 2) == (9, 9)


def test_a_text_without_places_stands_under_its_span() -> None:
    unclear = MappedText("abc", Span(5, 30), ())
    assert not unclear.is_verbatim
    assert unclear.place(1, 2) == (5, 30)
    assert MappedText.verbatim("b", 1).within(unclear) == MappedText("b", Span(5, 30), ())
    assert unclear.select((0, 2), Span(6, 7)) == MappedText("ac", Span(6, 7), ())


def test_some_of_the_characters_keep_their_places() -> None:
    chosen = ESCAPED.select((1, 2), Span(6, 9))
    assert chosen.text == '"b'
    assert (chosen.place(0, 1), chosen.place(1, 2)) == ((6, 8), (8, 9))


def test_what_is_verbatim_in_what_is_verbatim_is_so_too() -> None:
    inner = MappedText.verbatim("cd", 2).within(MappedText.verbatim("abcdef", 100))
    assert inner.is_verbatim
    assert inner == MappedText.verbatim("cd", 102)


@st.composite
def mapped(draw: st.DrawFn, length: int) -> MappedText:
    """A text of any length whose characters stand in order below an offset."""
    widths = draw(st.lists(st.integers(1, 3), min_size=1, max_size=max(1, length // 3)))
    starts = [sum(widths[:index]) for index in range(len(widths))]
    ends = [start + width for start, width in zip(starts, widths, strict=True)]
    text = "x" * len(widths)
    if draw(st.booleans()):
        return MappedText.verbatim(text, draw(st.integers(0, length - len(text))))
    return MappedText(text, Span(0, ends[-1]), tuple(starts), tuple(ends))


@given(st.data())
def test_places_of_places_are_those_in_the_end(data: st.DataObject) -> None:
    outer = data.draw(mapped(90))
    inner = data.draw(mapped(len(outer.text) + 2).filter(lambda m: m.span.end <= len(outer.text)))
    whole = inner.within(outer)
    start = data.draw(st.integers(0, len(inner.text) - 1))
    end = data.draw(st.integers(start + 1, len(inner.text)))
    assert whole.place(start, end) == outer.place(*inner.place(start, end))
    assert whole.span == outer.place(*inner.span)
