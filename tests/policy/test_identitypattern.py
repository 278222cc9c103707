from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.policy.identitypattern import BadPatternError, IdentityPattern

ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[a-c]", r"\.", r"\w", "^", "$", "{", "}"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,}", "{0,2}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
    ),
    max_leaves=8,
)


@given(PATTERNS, st.text("ab.{", max_size=6))
def test_what_both_read_they_read_alike(text: str, subject: str) -> None:
    expected = re.fullmatch(text, subject) is not None
    assert IdentityPattern(text).matches(subject) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a)|(?:.*", "unbalanced parenthesis at position 1"),
        ("(a", "missing ), unterminated group at position 0"),
        ("(?i)a", "unknown kind of group at position 0"),
        ("(?=a)", "unknown kind of group at position 0"),
        ("[a", "unterminated character set at position 0"),
        ("[[:alpha:](]x)|(?:.*[[:alpha:])]", "unterminated character set at position 0"),
        ("[]a]", "write `\\]` in the character set at position 0"),
        ("[b-a]", "bad character range at position 3"),
        (r"[\W]", "an escape that not everybody knows at position 1"),
        (r"\Qa", "an escape that not everybody knows at position 0"),
        ("a\\", "an escape that not everybody knows at position 1"),
        ("*a", "nothing to repeat at position 0"),
        ("a**", "multiple repeat at position 2"),
        ("a{2,1}", "wrong number of repeats at position 1"),
        ("a{9999}", "wrong number of repeats at position 1"),
        ("(" * 12 + "a" + ")" * 12, "its groups are nested too deep"),
        ("a" * 1001, "it has more than 1000 characters"),
    ],
)
def test_what_not_everybody_reads_alike_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadPatternError, match=f"^{re.escape(why)}$"):
        IdentityPattern(text)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("(?P<owner>a)b", "ab"),
        ("(?<owner>a)b", "ab"),
        (r"[\w.-]+@x", "a.b-c@x"),
        (r"[\d]{2}", "12"),
        (r"\S+", "a-b"),
        ("[a-]", "-"),
        ("[+--]", ","),
        ("a{", "a{"),
        ("|a", ""),
    ],
)
def test_it_stands_for_the_whole_of_a_text(text: str, subject: str) -> None:
    pattern = IdentityPattern(text)
    assert pattern.matches(subject)
    assert not pattern.matches(f"{subject} x")
    assert not pattern.matches(f"x {subject}")


@pytest.mark.parametrize(
    "text", ["(a|a)*" * 50 + "b", "((((((((a*)*)*)*)*)*)*)*)b", "(.*)*x", "(((a{99}){99}){99}){9}"]
)
def test_no_pattern_takes_long(text: str) -> None:
    started = time.monotonic()
    IdentityPattern(text).matches("a" * 200)
    assert time.monotonic() - started < 20  # others take longer than the universe is old
