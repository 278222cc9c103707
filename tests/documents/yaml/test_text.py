from __future__ import annotations

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from imagelint.core.source import Span
from imagelint.documents.yaml.load import Mapping, Scalar, load_yaml
from imagelint.documents.yaml.text import contiguous, map_scalar, offsets

SCRIPT = "set -e\nvllm serve \\\n  --model x \\\n\n  --port 8000\n"


def scalar(text: str) -> Scalar:
    (node,) = load_yaml(text)
    value = node.get("a") if isinstance(node, Mapping) else None
    assert isinstance(value, Scalar)
    return value


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a: b c", "b c"), ("a: 'b c'", "b c"), ('a: "b c"', "b c"), ("a: 7", "7")],
)
def test_one_line_without_escapes_stands_as_it_is(text: str, expected: str) -> None:
    span = contiguous(scalar(text))
    assert span is not None
    assert text[span.start : span.end] == expected


@pytest.mark.parametrize("text", ['a: "b\\n"', "a: 'it''s'", "a: |\n  b\n", "a: b\n  c"])
def test_what_is_escaped_or_folded_does_not(text: str) -> None:
    assert contiguous(scalar(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n" + "".join(f"    {line}\n" for line in SCRIPT.split("\n")),
        "a: |\r\n" + "".join(f"    {line}\r\n" for line in SCRIPT.split("\n")),
        "a: |2-\n    indented\n  more\n",
        "a: |\n\n  b\n   c\n",
        "a: |+\n  b\n\n\n",
        "a: >\n  one\n  two\n\n  three\n    four\n  five\n",
        "a: one\n  two\n\n  three\n",
        "a: 'it''s\n  two'",
        'a: "b\\n\\"c\\" \\x41\\u00e9\\U0001f600 \\\n   d\n   e"',
    ],
)
def test_every_character_has_its_place(text: str) -> None:
    value = scalar(text)
    places = offsets(value)
    assert places is not None
    assert len(places) == len(value.text)
    assert list(places) == sorted(places)
    for character, place in zip(value.text, places, strict=True):
        written = text[place : place + 1]
        assert written == character or written in ("\\", "\n", "\r", " ", "") or character == "'"


@given(
    st.text("ab \n'\"\\$é:#", min_size=1, max_size=30),
    st.sampled_from(["|", ">", "'", '"', None]),
)
@settings(max_examples=200, deadline=None)
def test_the_places_of_any_text_are_within_its_span(value: str, style: str | None) -> None:
    text = yaml.dump({"a": value}, default_style=style, allow_unicode=True, width=12)
    assume(yaml.safe_load(text)["a"] == value)  # PyYAML folds some quoted texts wrongly
    (node,) = load_yaml(text)
    assert isinstance(node, Mapping)
    held = node.entries[0].value
    assert isinstance(held, Scalar)
    assert held.text == value
    places = offsets(held)
    assert places is not None
    assert list(places) == sorted(places)
    for character, place in zip(value, places, strict=True):
        assert held.span.start <= place <= held.span.end
        if character not in " \n\\'\"" and text[place] != "\\":
            assert text[place] == character


def test_words_of_a_block_are_found_where_they_are_written() -> None:
    text = "a: |\n  vllm serve \\\n    --port 8000\n"
    value = scalar(text)
    places = offsets(value)
    assert places is not None
    at = value.text.index("--port")
    assert text[places[at] : places[at] + 6] == "--port"


@pytest.mark.parametrize(
    ("text", "part", "written"),
    [
        ('a: "say \\"b\\" c"', '"b"', '\\"b\\"'),
        ('a: "sk\\x41\\u0042 c"', "skAB", "sk\\x41\\u0042"),
        ("a: 'it''s b'", "it'", "it''"),
        ('a: "b\\\n  c\\td"', "bc", "b\\\n  c"),
    ],
)
def test_an_escape_belongs_to_its_character_whole(text: str, part: str, written: str) -> None:
    mapped = map_scalar(scalar(text))
    at = mapped.text.index(part)
    assert text[slice(*mapped.place(at, at + len(part)))] == written


def test_what_does_not_align_has_no_places() -> None:
    assert offsets(Scalar(Span(0, 3), "abc", "axc", plain=True)) is None
    assert offsets(Scalar(Span(0, 2), "abc", "ab", plain=True)) is None
    assert offsets(Scalar(Span(0, 1), "x", "|", plain=False)) is None
