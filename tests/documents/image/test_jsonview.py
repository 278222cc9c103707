from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.documents.image.jsonview import JsonView, plain, read_json, read_once

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def view(text: str) -> JsonView:
    read = read_json(text)
    assert isinstance(read, JsonView), read
    return read


def test_what_is_there_is_found() -> None:
    found = view('{"a": {"b": [1, "x", "", null], "c": true, "d": 1.5}}')["a"]
    assert found["b"].texts() == ("x",)
    assert [item.number for item in found["b"].items()] == [1.0, None, None, None]
    assert (found["c"].flag, found["d"].number, found["c"].number) == (True, 1.5, None)
    assert [key for key, _ in found.pairs()] == ["b", "c", "d"]


def test_what_is_not_there_is_nothing() -> None:
    nothing = view("[]")["a"]["b"]
    assert (nothing.text, nothing.number, nothing.flag, nothing.texts()) == ("", None, False, ())
    assert (list(nothing.items()), list(nothing.pairs()), nothing.raw) == ([], [], "")
    assert not nothing
    assert not nothing.is_object
    assert not nothing.is_array


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_nothing(text: str) -> None:
    assert view(text).number is None


@pytest.mark.parametrize("text", ['{"a": [1, ', '{"a": "b', "", "[", '{"a": 1'])
def test_half_a_text_is_said_to_end_too_early(text: str) -> None:
    assert read_json(text) == f"ends too early, after {len(text)} characters"


def test_what_is_no_json_is_told_with_its_place() -> None:
    assert read_json('{"a":\n 1, b}') == (
        "is not JSON: Expecting property name enclosed in double quotes in line 2, column 5"
    )


def test_what_cannot_be_read_is_told() -> None:
    assert read_json("[" * 200_000) == "is JSON that cannot be read (RecursionError)"
    assert read_json("9" * 10_000) == "is JSON that cannot be read (ValueError)"


def test_control_characters_vanish() -> None:
    hostile = "a\x1b[2J\x1b]0;title\x07b\r\nc\u202ed\u2066e\x9bf\x00\ud800"
    shown = plain(hostile)
    assert shown == "a [2J ]0;title b c d e f"
    assert plain(" x ") == "x"


def test_long_texts_are_cut() -> None:
    assert plain("x" * 5000) == "x" * 2000 + "…"


@pytest.mark.parametrize("text", ["x\u200b", "x\n", " x", "a\x07b", "x" * 5000, 5])
def test_what_only_looks_like_a_name_is_not_that_name(text: object) -> None:
    assert JsonView(text).exact == ""
    assert JsonView("a b").exact == "a b"


def test_a_name_stands_once_in_an_object() -> None:
    assert read_once('[{"a": 1}, {"A": {"b": 1, "B": 2}}]') == "has `B` twice"
    assert read_once('{"a": 1, "a": 1}') == "has `a` twice"
    assert isinstance(read_once('{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}'), JsonView)
    assert "too early" in str(read_once('{"a": 1, "a"'))


@given(VALUES)
def test_every_question_has_an_answer(value: object) -> None:
    seen = JsonView(json.loads(json.dumps(value)))
    assert isinstance(seen.text, str)
    assert "\x1b" not in seen.text
    assert isinstance(seen.number, float | None)
    assert isinstance(seen["a"]["b"].texts(), tuple)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    assert isinstance(read_json(text), JsonView | str)
