from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from imagelint.documents.yaml.plain import load_plain

WORDS = (
    "a",
    "1",
    "on",
    "null",
    "~",
    "0x1f",
    "1_000",
    "2001-01-01",
    "=",
    "<<",
    "'yes'",
    '"1"',
    ".inf",
    "-",
    "'a\n\n  b'",
    "-a\n\n  b",
)
RARE = ("&a b", "*a", "!!str 1", "{? [a]: b}", "[" * 120 + "]" * 120, "2001-99-99", "a: {b", "\t")
SHAPES = (
    "{w}",
    "- {w}\n- [{w}, {{a: {w}}}]\n",
    "{w}: {w}\nb: {{c: {w}, {w}: 2}}\nb: 3\n",
    "--- {w}\n...\n",
    "---\n{w}\n---\n{w}\n",
    "a: |\n  {w}\n",
    "a:\n  b:\n  - {w}\n  -\n",
    "[{w}]",
    "{{{w}}}",
    "{w}:",
)


def read(text: str, loader: object) -> str:
    """What comes of a text, in words: `.nan` is not equal to itself."""
    try:
        return repr(loader(text))  # type: ignore[operator]
    except (yaml.YAMLError, ValueError, RecursionError):
        return "refused"


def same(text: str) -> bool:
    return read(text, load_plain) == read(text, lambda one: yaml.load(one, yaml.CSafeLoader))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("word", [*WORDS, *RARE, "", "# a"])
def test_a_text_means_what_pyyaml_says(shape: str, word: str) -> None:
    assert same(shape.format(w=word))


@given(st.text("ab:-[]{},\n 1'\"&*#?!|>~<", max_size=30))
def test_any_text_means_what_pyyaml_says(text: str) -> None:
    assert same(text)
