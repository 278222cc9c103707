from __future__ import annotations

from difflib import get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.nearest import nearest
from imagelint.rules import catalog

NAMES = catalog.names()


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("rot-user", "root-user"),
        ("ROOT_USER", "root-user"),
        ("unpined-image", "unpinned-image"),
        ("secrets-value", "secret-value"),
        ("nothing-alike", ""),
        ("", ""),
    ],
)
def test_the_rule_that_was_meant(word: str, meant: str) -> None:
    assert nearest(word, NAMES) == meant


def test_a_short_word_is_compared_in_full() -> None:
    assert nearest("hgih", ["critical", "high", "medium"]) == "high"


@given(st.sampled_from(NAMES), st.integers(0, 40), st.sampled_from(["", "x", "-"]))
def test_one_wrong_letter_finds_what_a_full_comparison_finds(name: str, at: int, new: str) -> None:
    word = name[:at] + new + name[at + 1 :]
    assert nearest(word, NAMES) == next(iter(get_close_matches(word, NAMES, 1)), "")
