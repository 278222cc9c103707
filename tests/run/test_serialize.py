from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING

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
from imagelint.run import serialize
from imagelint.run.serialize import FileReport, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def _leaves(value: object, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    if isinstance(value, list):
        for at, part in enumerate(value):
            yield from _leaves(part, (*path, at))
    else:
        yield path


def _whole() -> FileReport:
    place = Location("a", Span(1, 2), Position(1, 2), Position(1, 3), Excerpt(1, ("x",)), "p")
    fix = Fix("title", (Edit("a", Span(1, 2), "y"),))
    part = Finding("r", Severity.LOW, "m", place)
    finding = part._replace(
        notes=(Note("n", place),), fix=fix, parts=(part,), references=("R 1",), cause="c"
    )
    report = Report(
        (finding,),
        (Allowed(finding, AllowanceKind.INLINE, "reason"),),
        (Problem(ProblemKind.UNPARSABLE, "a", "detail", "help", place),),
        (Examined("a", "dockerfile", "", About.FILE),),
        (Ignored("b", IgnoreReason.NO_KIND),),
    )
    return FileReport(report, (("b", "digest"),))


@pytest.mark.parametrize("odd", [5, "x", True, 1e400, {"a": 1}])
def test_a_row_with_another_type_in_any_place_is_nothing_or_as_good(odd: object) -> None:
    """What is not noticed here is a crash where the report is shown."""
    stored = json.loads(encode(_whole()))
    refused = 0
    for path in _leaves(stored):
        changed = json.loads(json.dumps(stored))
        part = changed
        for at in path[:-1]:
            part = part[at]
        if type(part[path[-1]]) is type(odd):
            continue
        part[path[-1]] = odd
        back = decode(json.dumps(changed))
        refused += back is None
        assert back is None or json.loads(encode(back)) == stored or path[0] == 1
    assert refused


def test_what_lives_to_the_end_of_a_run_is_looked_through_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frozen: list[int] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(1))
    stored = FileReport(Report())
    texts = {"a": encode(stored), "b": "no report", "c": encode(stored)}
    assert serialize.decode_all(texts) == {"a": stored, "c": stored}
    assert not frozen
    monkeypatch.setattr(serialize, "_MANY", 2)
    assert serialize.decode_all(texts) == {"a": stored, "c": stored}
    assert frozen


def test_only_what_has_a_form_is_stored() -> None:
    odd = FileReport(Report(ignored=(object(),)))  # type: ignore[arg-type] # what must not happen
    with pytest.raises(TypeError, match="cannot be stored: object"):
        encode(odd)
