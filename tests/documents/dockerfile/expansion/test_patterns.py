from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.documents.dockerfile.expansion.patterns import (
    PatternError,
    read_pattern,
    replace,
    trim_prefix,
    trim_suffix,
)

_patterns = st.text("ab*?.", max_size=5)
_values = st.text("ab.", max_size=8)
_many = settings(max_examples=200, deadline=None)


def _regex(pattern: str, star: str) -> str:
    parts = {"*": star, "?": "."}
    return "".join(parts.get(character, re.escape(character)) for character in pattern)


@_many
@given(_values, _patterns)
def test_the_beginning_is_trimmed_like_the_regular_expression_says(
    value: str, pattern: str
) -> None:
    for longest, star in ((True, ".*"), (False, ".*?")):
        match = re.match(_regex(pattern, star), value)
        expected = value[match.end() :] if match else value
        assert trim_prefix(value, read_pattern(pattern), longest=longest) == expected


@_many
@given(_values, _patterns)
def test_the_end_is_trimmed_like_the_mirrored_beginning(value: str, pattern: str) -> None:
    for longest in (True, False):
        mirrored = trim_prefix(value[::-1], read_pattern(pattern[::-1]), longest=longest)
        assert trim_suffix(value, read_pattern(pattern), longest=longest) == mirrored[::-1]


@_many
@given(_values, _patterns.filter(lambda pattern: set(pattern) - {"*"}))
def test_matches_are_replaced_like_the_regular_expression_says(value: str, pattern: str) -> None:
    regex = re.compile(_regex(pattern, ".*"))
    read = read_pattern(pattern)
    assert replace(value, read, "X", every=True) == regex.sub("X", value)
    assert replace(value, read, "X", every=False) == regex.sub("X", value, count=1)


@pytest.mark.parametrize(
    ("value", "pattern", "once", "every"),
    [
        ("ab", "", "Xab", "XaXbX"),
        ("ab", "*", "X", "X"),
        ("", "*", "X", "X"),
        ("", "", "X", "X"),
        ("", "a", "", ""),
        ("aXa", "*X", "Xa", "Xa"),
        ("ab", "a*c", "ab", "ab"),
    ],
)
def test_empty_matches_are_replaced_as_go_replaces_them(
    value: str, pattern: str, once: str, every: str
) -> None:
    read = read_pattern(pattern)
    assert replace(value, read, "X", every=False) == once
    assert replace(value, read, "X", every=True) == every


@pytest.mark.parametrize("pattern", ["\\a", "a\\"])
def test_a_backslash_before_something_ordinary_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="invalid escape"):
        read_pattern(pattern)


def test_escaped_characters_stand_for_themselves() -> None:
    assert trim_prefix("*?\\}/b", read_pattern("\\*\\?\\\\\\}\\/"), longest=False) == "b"
