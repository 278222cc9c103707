from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagelint.core.errors import Diagnostic, PolicyError
from imagelint.core.source import Source
from imagelint.policy.load import load_policy
from imagelint.policy.text import is_file, read_text

_KEYS = """
name extends fail-on rules waivers environment exclude signers gpu registries
root-user unpinned-image level exempt pin rule until pattern identity
"""
_SCALARS = """
a off high root-user baseline 2027-01-31 1.5 7 true null '' '[' .nan 1e999 *a
x.yaml '{{x}}' [] {} '\\\\' '(' ../b.yml
"""
KEYS = st.sampled_from(_KEYS.split())
SCALARS = st.sampled_from(_SCALARS.split())
YAML = st.recursive(
    SCALARS,
    lambda inside: (
        st.lists(inside, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(KEYS, inside, max_size=4).map(
            lambda entries: "{" + ", ".join(f"{key}: {said}" for key, said in entries.items()) + "}"
        )
    ),
    max_leaves=12,
)
BODIES = st.dictionaries(KEYS, YAML, max_size=5).map(
    lambda entries: "".join(f"{key}: {said}\n" for key, said in entries.items())
)


def read(origin: str) -> Source:
    raise OSError(f"{origin} is not there")


def complaints(text: str) -> tuple[Diagnostic, ...] | None:
    """What is wrong with a text; None when it is a policy."""
    try:
        load_policy(Source("a.yaml", text), read)
    except PolicyError as error:
        return error.complaints
    return None


@pytest.mark.usefixtures("three_rules")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(BODIES | st.text(max_size=40))
def test_any_text_is_a_policy_or_told_what_is_wrong_and_where(text: str) -> None:
    lines = text.count("\n") + 1
    told = complaints(text)
    assert told != ()
    for complaint in told or ():
        place = re.fullmatch(r"a\.yaml:(\d+):(\d+)", complaint.at)
        assert place
        assert 1 <= int(place[1]) <= lines


def test_an_empty_text_says_nothing() -> None:
    text = read_text(Source("a.yaml", ""))
    assert (text.root, text.data) == (None, None)


def test_what_is_written_is_found_by_its_keys() -> None:
    text = read_text(Source("a.yaml", "rules:\n  x: {level: 'high'}\nwaivers: [a, b]\n"))
    assert text.written(("rules", "x", "level")) == "high"
    assert text.written(("rules", "x")) == ""
    assert text.line(("rules", "x", "level")) == "a.yaml:2"
    assert text.at(text.item_span("waivers", 1)) == "a.yaml:3:14"
    assert text.at(text.span(("rules", "nothing", "at", "all"))) == "a.yaml:1:1"


@pytest.mark.parametrize(
    ("name", "expected"), [("a.yaml", True), ("../b.yml", True), ("a/b", False), ("a", False)]
)
def test_files_are_told_from_packs_by_their_ending(name: str, *, expected: bool) -> None:
    assert is_file(name) == expected
