from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.fingerprint import fingerprint, fingerprints
from imagelint.core.source import Span
from tests.engine.findings import finding, located

LINES = st.lists(st.text("ab #", max_size=5), max_size=8)


@given(LINES, LINES, st.text("ab", min_size=1, max_size=9), st.integers(0, 6), st.integers(0, 6))
def test_moving_lines_does_not_change_it(
    above: list[str], below: list[str], place: str, indent: int, wider: int
) -> None:
    def at(lines: list[str], width: int) -> str:
        text = "".join(f"{line}\n" for line in lines) + " " * width
        return fingerprint(located(text + place, Span(len(text), len(text) + len(place))))

    assert at(above, indent) == at(below, wider)


@given(st.lists(st.sampled_from(["a", "b", "a  b", "a b", ""]), min_size=1, max_size=9))
def test_distinct_places_are_distinct(lines: list[str]) -> None:
    text = "\n".join(lines)
    spans, start = [], 0
    for line in lines:
        spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    known = fingerprints(located(text, span) for span in spans)
    assert len(set(known)) == len(lines)


def test_white_space_does_not_count() -> None:
    once = located("RUN a \\\n    b", Span(0, 13))
    again = located("\n\nRUN   a \\\n b", Span(2, 14))
    assert fingerprint(once) == fingerprint(again)


def test_positions_in_lists_do_not_count() -> None:
    assert fingerprint(finding(path="a.b[0].c")) == fingerprint(finding(path="a.b[12].c"))


def test_rule_origin_path_subject_and_text_count() -> None:
    ones = [
        finding(),
        finding("unpinned-image"),
        finding(origin="b"),
        finding(path="a"),
        finding(subject="a"),
        located("x", Span(0, 1), origin="Dockerfile"),
        located("y", Span(0, 1), origin="Dockerfile"),
    ]
    assert len({fingerprint(one) for one in ones}) == len(ones)
    assert fingerprint(finding(origin="./b")) == fingerprint(finding(origin="b"))
    assert fingerprint(finding()) != fingerprint(finding(), 1)


def test_the_message_does_not_count() -> None:
    assert fingerprint(finding()._replace(message="other")) == fingerprint(finding())


def test_a_place_longer_than_its_excerpt_is_known_without_its_text() -> None:
    one = located("a\n" * 9, Span(0, 18))
    other = located("b\n" * 12, Span(0, 24))
    assert fingerprint(one) == fingerprint(other)


def test_an_empty_place_is_known_by_its_line() -> None:
    assert fingerprint(located("a\nb", Span(2, 2))) != fingerprint(located("a\nc", Span(2, 2)))


def test_it_is_32_hexadecimal_digits_of_any_text() -> None:
    assert re.fullmatch("[0-9a-f]{32}", fingerprint(finding(subject="\ud800")))
