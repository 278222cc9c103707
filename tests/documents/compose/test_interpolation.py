from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.compose.interpolation import (
    expressions,
    fill,
    filled,
    interpolated,
    with_gaps,
)
from imagelint.documents.mapped import MappedText

SET = {"A": "x", "EMPTY": "", "HIDDEN": None, "DOLLAR": "a$b"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a$$b", "a$b"),
        ("$${X}", "${X}"),
        ("$$$$X", "$$X"),
        ("5$", "5$"),
        ("$1", "$1"),
        ("$X", UNKNOWN),
        ("$$$X", UNKNOWN),
        ("{{.Node}}", UNKNOWN),
        ("${X:-{{.Node}}}", UNKNOWN),
        ("${X:-y}", "y"),
        ("${X-y}", "y"),
        ("${X:-}", ""),
        ("${X:-${Y:-z}}", "z"),
        ("${X:-${Y-$A}w}", "xw"),
        ("${X:-${Y}}", UNKNOWN),
        ("${X:-$$y}", "$y"),
        ("${X:?y}", UNKNOWN),
        ("${X?}", UNKNOWN),
        ("${X:+y}", UNKNOWN),
        ("$A-${A}-${A:-b}", "x-x-x"),
        ("${A:?y}${A?}", "xx"),
        ("${A:+y}${A+${X:-z}}", "yz"),
        ("${EMPTY}|${EMPTY-b}|${EMPTY:-b}|${EMPTY:+b}|${EMPTY+b}|${EMPTY?}", "||b||b|"),
        ("${EMPTY:?}", UNKNOWN),
        ("${HIDDEN}", UNKNOWN),
        ("${HIDDEN:-y}", UNKNOWN),
        ("${HIDDEN:+y}", UNKNOWN),
        ("$DOLLAR", "a$b"),
        ("${A", UNKNOWN),
        ("${}", UNKNOWN),
        ("${A/x/y}", UNKNOWN),
    ],
)
def test_interpolation(text: str, expected: object) -> None:
    fact = interpolated(text, SET)
    assert (fact.value if isinstance(fact, Known) else fact) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "a"),
        ("$A/$X:${Y:-1}$$", "x/\0:1$"),
        ("${X:-${Y}}", "\0"),
        ("a${X", "a\0"),
        ("{{.Node}}:$A", "\0:x"),
        ("a{{b", "\0"),
    ],
)
def test_what_is_not_known_is_a_gap(text: str, expected: str) -> None:
    assert with_gaps(text, SET) == expected


def test_a_default_that_is_nested_without_end_is_not_known() -> None:
    deep = "${X:-" * 30 + "y" + "}" * 30
    assert interpolated(deep) is UNKNOWN
    assert interpolated(deep.removeprefix("${X:-" * 12).removesuffix("}" * 12)) == Known("y")


def test_braces_that_are_never_closed_cost_little() -> None:
    assert len(list(expressions("${" * 20_000))) == 1


def test_filled_text_knows_its_places() -> None:
    mapped = fill(MappedText.verbatim("a $A ${X:-yz} $X", 10), SET)
    assert mapped.text == "a x yz $X"
    assert [mapped.place(*span) for span in ((0, 1), (2, 3), (4, 6), (5, 6), (7, 9))] == [
        (10, 11),
        (12, 14),
        (15, 23),
        (15, 23),
        (24, 26),
    ]
    nowhere = MappedText("$A", mapped.span, ())
    assert fill(nowhere, SET) == MappedText("x", mapped.span, ())


@given(st.text("${}AX:-?+ y", max_size=20))
def test_both_ways_of_filling_agree(text: str) -> None:
    mapped = fill(MappedText.verbatim(text, 0), SET)
    assert mapped.text == filled(text, SET)
    assert len(mapped.starts) == len(mapped.text)
    fact = interpolated(text, SET)
    gaps = with_gaps(text, SET)
    assert ("\0" in gaps) == (fact is UNKNOWN)
    assert not isinstance(fact, Known) or fact.value == gaps
