from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.edits import apply_edits, touches
from imagelint.core.finding import Edit
from imagelint.core.source import Span


def edit(start: int, end: int, text: str) -> Edit:
    return Edit("a", Span(start, end), text)


def test_edits_are_made_from_the_end_and_the_same_one_once() -> None:
    assert apply_edits("abcd", [edit(0, 1, "A"), edit(4, 4, "!"), edit(2, 3, "")]) == "Abd!"
    assert apply_edits("ab", [edit(1, 1, "-"), edit(1, 1, "-")]) == "a-b"
    assert apply_edits("ab", []) == "ab"


@pytest.mark.parametrize(
    "edits",
    [
        [edit(0, 2, "x"), edit(1, 3, "y")],
        [edit(1, 1, "x"), edit(1, 1, "y")],
        [edit(1, 1, "x"), edit(1, 2, "y")],
        [edit(3, 9, "x")],
        [edit(2, 1, "x")],
        [edit(-1, 1, "x")],
    ],
)
def test_edits_about_one_place_or_none_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match=r"the same place|outside"):
        apply_edits("abcd", edits)


def test_what_ends_where_another_begins_does_not_touch_it() -> None:
    assert not touches(Span(0, 2), Span(2, 3))
    assert not touches(Span(2, 2), Span(0, 2))
    assert touches(Span(0, 3), Span(1, 1))
    assert apply_edits("abc", [edit(0, 2, "x"), edit(2, 2, "-"), edit(2, 2, "-")]) == "x-c"


def test_line_ends_are_those_of_the_text() -> None:
    assert apply_edits("a\r\nb\r\n", [edit(3, 3, "x\ny\r\n")]) == "a\r\nx\r\ny\r\nb\r\n"
    assert apply_edits("a\nb\n", [edit(2, 2, "x\n")]) == "a\nx\nb\n"
    assert apply_edits("\nb", [edit(0, 0, "\n")]) == "\n\nb"


@given(
    st.text(alphabet="ab\n", max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), st.text(alphabet="xy", max_size=3))),
)
def test_what_no_edit_is_about_stays_in_order(text: str, made: list[tuple[int, int, str]]) -> None:
    edits = [edit(start, min(start + size, len(text)), new) for start, size, new in made]
    try:
        result = apply_edits(text, edits)
    except ValueError:
        return
    covered = {index for one in edits for index in range(*one.span)}
    assert "".join(each for each in result if each not in "xy") == "".join(
        each for index, each in enumerate(text) if index not in covered
    )
