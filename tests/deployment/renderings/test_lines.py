"""Where the characters of a line are written that a template made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.deployment.renderings.lines import aligned

ACTION = "{{ .Values.model }}"


@pytest.mark.parametrize(
    ("made", "written", "part", "place"),
    [
        ("get a/b --to /data", f"get {ACTION} --to /data", "get", "get"),
        ("get a/b --to /data", f"get {ACTION} --to /data", "a/b", ACTION),
        ("get a/b --to /data", f"get {ACTION} --to /data", "--to", "--to"),
        ("get a/b --to /data", f"get {ACTION} --to /data", "get a/b --to", f"get {ACTION} --to"),
        ("get a/b", "get a/b", "a/b", "a/b"),
        ("a", ACTION, "a", ACTION),
        ("x: 1", f"{ACTION}{ACTION}", "x: 1", f"{ACTION}{ACTION}"),
    ],
)
def test_where_a_part_is_written(made: str, written: str, part: str, place: str) -> None:
    lines = aligned(made, written)
    first = made.index(part)
    last = first + len(part) - 1
    assert written[lines.start(first) : lines.end(last)] == place


@given(st.text("ab", max_size=6), st.text("abc", max_size=6), st.text("ab", max_size=6))
def test_what_stands_around_a_filling_is_written_as_it_is(
    before: str, filled: str, behind: str
) -> None:
    made, written = f"{before}{filled}{behind}", f"{before}{{{{ x }}}}{behind}"
    lines = aligned(made, written)
    places = [(lines.start(column), lines.end(column)) for column in range(len(made))]
    assert all(0 <= start < end <= len(written) for start, end in places)
    assert places == sorted(places)
    kept = [*range(len(before)), *range(len(made) - len(behind), len(made))]
    assert [written[places[column][0]] for column in kept] == [made[column] for column in kept]
