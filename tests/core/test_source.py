from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.source import Position, Source, Span, covering

TEXT = st.text("ab\n\r漢", max_size=30)


@given(TEXT, st.data())
def test_a_position_leads_back_to_its_offset(text: str, data: st.DataObject) -> None:
    source = Source("a", text)
    offset = data.draw(st.integers(0, len(text)))
    line, column = source.position(offset)
    assert source.line_starts[line - 1] + column - 1 == offset
    assert line == text.count("\n", 0, offset) + 1


@given(TEXT)
def test_the_lines_make_the_text(text: str) -> None:
    source = Source("a", text)
    numbers = range(1, len(source.line_starts) + 1)
    spans = [source.line_span(number) for number in numbers]
    assert "\n".join(text[start:end] for start, end in spans) == text
    for number, (start, end) in zip(numbers, spans, strict=True):
        assert source.line(number) == text[start:end].removesuffix("\r")


def test_columns_count_code_points() -> None:
    source = Source("a", "漢字x\r\ny")
    assert source.position(2) == Position(1, 3)
    assert source.position(5) == Position(2, 1)
    assert (source.line(1), source.line(2)) == ("漢字x", "y")


def test_spans_cover_what_lies_within() -> None:
    span = Span(2, 5)
    assert span.span is span
    assert span.covers(Span(2, 5))
    assert span.covers(Span(3, 3))
    assert not span.covers(Span(1, 3))
    assert not span.covers(Span(4, 6))


def test_sources_are_equal_by_name_and_text() -> None:
    source = Source("a", "b")
    assert source == Source("a", "b")
    assert hash(source) == hash(Source("a", "b"))
    assert source != Source("b", "b")
    assert source != Source("a", "c")
    assert source != "b"
    assert repr(source) == "Source('a', 1 characters)"


SPANS = st.lists(st.builds(lambda start, size: Span(start, start + size), *[st.integers(0, 9)] * 2))


@given(SPANS, SPANS)
def test_one_sweep_finds_all_that_covers_a_place(scopes: list[Span], places: list[Span]) -> None:
    assert covering(scopes, places) == [
        [number for number, scope in enumerate(scopes) if scope.covers(place)] for place in places
    ]
