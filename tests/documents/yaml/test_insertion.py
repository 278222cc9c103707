from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.source import Span
from imagelint.documents.yaml.insertion import entry_behind


def put(text: str, value: str) -> str | None:
    at = text.index(value)
    found = entry_behind(text, Span(at, at + len(value)), "new", "1")
    if found is None:
        return None
    (start, end), written = found
    return text[:start] + written + text[end:]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: VALUE\n", "a: VALUE\nnew: 1\n"),
        ("a: VALUE", "a: VALUE\nnew: 1"),
        ("a: VALUE # why\nb: 2\n", "a: VALUE # why\nnew: 1\nb: 2\n"),
        ("- a: VALUE\n  b: 2\n", "- a: VALUE\n  new: 1\n  b: 2\n"),
        ("- - a: VALUE\n", "- - a: VALUE\n    new: 1\n"),
        ("x:\n    'a': !!str VALUE\n", "x:\n    'a': !!str VALUE\n    new: 1\n"),
        ("x: {a: VALUE}\n", "x: {a: VALUE, new: 1}\n"),
        ("x: {a: VALUE, b: {c: 1}}\n", "x: {a: VALUE, new: 1, b: {c: 1}}\n"),
        ("x: {a: 1,\n  b: VALUE\n  }\n", "x: {a: 1,\n  b: VALUE, new: 1\n  }\n"),
        ("\ufeffx: {a: VALUE}\n", "\ufeffx: {a: VALUE, new: 1}\n"),
        ("- {a: VALUE }\n", "- {a: VALUE, new: 1 }\n"),
        ("a: VALUE\r\nb: 2\r\n", "a: VALUE\nnew: 1\r\nb: 2\r\n"),
    ],
)
def test_the_style_of_the_mapping_is_kept(before: str, after: str) -> None:
    assert put(before, "VALUE") == after


@pytest.mark.parametrize(
    "text",
    [
        "x: [VALUE]\n",
        "a: &b VALUE other\n",
        "a: [1,\n  VALUE\n  ]\n",
        "a: VALUE\nb: ]\n",
        "? VALUE\n: 1\n",
        "a: {b: 1}\nc: [ VALUE, 1 ]\n",
    ],
)
def test_where_it_cannot_be_told_nothing_is_put(text: str) -> None:
    assert put(text, "VALUE") is None


def test_a_value_of_several_lines_has_no_room_behind_it() -> None:
    assert put("a: |\n  VALUE\n  b\n", "|\n  VALUE\n  b\n") is None
    assert put("a: *VALUE\n", "*VALUE") is None


keys = st.sampled_from(["a", "b-c", "d.e/f"])
trees = st.recursive(
    st.integers(0, 9).map(str) | st.just("w x"),
    lambda inner: (
        st.dictionaries(keys, inner, min_size=1, max_size=3)
        | st.lists(inner, min_size=1, max_size=2)
    ),
    max_leaves=8,
)


@given(st.dictionaries(keys, trees, max_size=2), st.sampled_from([None, True, False]))
def test_what_is_put_stands_beside_the_value(tree: dict[str, object], flow: bool | None) -> None:  # noqa: FBT001
    marked = {**tree, "deep": [{"mark": "VALUE", "other": tree}]}
    text = yaml.safe_dump(marked, default_flow_style=flow, width=10_000)
    result = put(text, "VALUE")
    assert result is not None
    read = yaml.safe_load(result)
    assert read["deep"][0].pop("new") == 1
    assert read == marked
