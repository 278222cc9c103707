from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.finding import Excerpt, Finding, Location, Severity
from imagelint.core.source import Position, Span
from imagelint.engine.change import MOST_LINES, compare_findings, kept_lines


def finding(word: str, line: int, severity: Severity = Severity.HIGH) -> Finding:
    place = Location(
        "a", Span(0, 1), Position(line, 1), Position(line, 2), Excerpt(line, (word,)), ""
    )
    return Finding("root-user", severity, "m", place)


findings = st.lists(st.builds(finding, st.sampled_from("xyz"), st.integers(1, 9)), max_size=6)


@given(now=findings, before=findings)
def test_each_of_before_stands_for_one_of_now(now: list[Finding], before: list[Finding]) -> None:
    found = compare_findings(now, before)
    assert len(found.new) + len(found.unchanged) == len(now)
    assert len(found.mended) + len(found.unchanged) == len(before)
    assert sorted((*found.new, *found.unchanged)) == sorted(now)
    back = compare_findings(before, now)
    assert (len(back.new), len(back.mended)) == (len(found.mended), len(found.new))


def test_what_stands_in_lines_that_stayed_is_the_old_one() -> None:
    now = [finding("x", 2), finding("x", 5)]
    assert compare_findings(now, [finding("x", 2)], lambda _: {5}).new == (now[0],)
    assert compare_findings(now, [finding("x", 2)], lambda _: {2}).new == (now[1],)


def test_what_was_less_severe_does_not_stand_for_what_is_worse() -> None:
    low, high = finding("x", 1, Severity.LOW), finding("x", 2, Severity.HIGH)
    assert compare_findings([high], [low]) == ((high,), (), (low,))
    assert compare_findings([low], [high]) == ((), (low,), ())
    assert compare_findings([low, high], [high, low]) == ((), (low, high), ())
    copied = [one._replace() for one in (high, low)]
    assert compare_findings([low, high], copied) == ((), (high, low), ())
    medium = finding("x", 3, Severity.MEDIUM)
    assert compare_findings([high, medium], [low, high]) == ((medium,), (high,), (low,))


def test_lines_that_stayed_are_told_of_texts_that_people_write() -> None:
    assert kept_lines("a\nb\nc", "x\na\nc") == {2, 3}
    long = "x\n" * MOST_LINES
    assert kept_lines(long, long) == ()
