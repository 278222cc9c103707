from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.core.finding import Confidence, Edit, Excerpt, Finding, Fix, Location, Note, Severity
from imagelint.core.report import (
    AllowanceKind,
    Allowed,
    Examined,
    Ignored,
    IgnoreReason,
    Problem,
    ProblemKind,
    Report,
)
from imagelint.core.source import Position, Span
from imagelint.core.subject import About
from imagelint.run.serialize import FileReport, decode, encode

# File names may hold lone surrogates.
TEXT = st.text(st.characters(codec=None), max_size=8)
NUMBER = st.integers(0, 10**9)
SPAN = st.builds(Span, NUMBER, NUMBER)
POSITION = st.builds(Position, NUMBER, NUMBER)
LOCATION = st.builds(
    Location,
    TEXT,
    SPAN,
    POSITION,
    POSITION,
    st.builds(Excerpt, NUMBER, st.lists(TEXT, max_size=3).map(tuple)),
    TEXT,
)
FINDING = st.builds(
    Finding,
    TEXT,
    st.sampled_from(Severity),
    TEXT,
    LOCATION,
    TEXT,
    st.lists(st.builds(Note, TEXT, st.none() | LOCATION), max_size=2).map(tuple),
    st.none()
    | st.builds(
        Fix, TEXT, st.lists(st.builds(Edit, TEXT, SPAN, TEXT), max_size=2).map(tuple), st.booleans()
    ),
    TEXT,
    st.sampled_from(Confidence),
    references=st.none() | st.lists(TEXT, max_size=2).map(tuple),
)


def several(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=2).map(tuple)


REPORT = st.builds(
    Report,
    several(FINDING),
    several(st.builds(Allowed, FINDING, st.sampled_from(AllowanceKind), TEXT, TEXT)),
    several(
        st.builds(Problem, st.sampled_from(ProblemKind), TEXT, TEXT, TEXT, st.none() | LOCATION)
    ),
    several(st.builds(Examined, TEXT, TEXT, TEXT, st.sampled_from(About))),
    several(st.builds(Ignored, TEXT, st.sampled_from(IgnoreReason))),
)
STORED = st.builds(FileReport, REPORT, several(st.tuples(TEXT, TEXT)))


@given(STORED)
@settings(max_examples=80, deadline=None)
def test_what_is_stored_comes_back(stored: FileReport) -> None:
    text = encode(stored)
    assert text.isascii()
    back = decode(text)
    assert back == stored
    assert repr(back) == repr(stored)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "[[], []]",
        "[[[],[],[],[],[],[]],[]]",
        "[[[[1]],[],[],[],[]],[]]",
        "[[[],[],[[]],[],[]],[]]",
        '[[[],[],[["no-such-kind","a","b","",null]],[],[]],[]]',
        '[[[],[],[],[["a","b","c","d"]],[]],[]]',
        "[[[],[],[],[],[]],[[1]]]",
        "[[[],[],[],[],[]],3]",
        '[[[],[],[],[],["a"]],[]]',
        '[[[],[],[],[],[["a","no-such-reason"]]],[]]',
        "[" * 100_000,
        '{"a": ' * 5000,
    ],
    ids=lambda text: text[:30],
)
def test_anything_else_is_nothing(text: str) -> None:
    assert decode(text) is None


def test_only_what_has_a_form_is_stored() -> None:
    odd = FileReport(Report(ignored=(object(),)))  # type: ignore[arg-type] # what must not happen
    with pytest.raises(TypeError, match="cannot be stored: object"):
        encode(odd)
