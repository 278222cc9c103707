"""Of what a script puts together piece by piece, the pieces are known that are."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents.shell.test_arrays import told

ANY = None
"""What is not known: any number of words."""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('A="--m $M --tp 4"\nx $A', ["x", "--m", ANY, "--tp", "4"]),
        ('A="b"\nif y; then A="$A --l"; fi\nx $A', ["x", "b", ANY]),
        ('A="b"\ntest y && A="${A} --l"\nx ${A}', ["x", "b", ANY]),
        ('A="b c"\ntest y && A="$A$M"\nx $A', ["x", "b", ANY]),
        ('A="b c"\ntest y && A="$M $A"\nx $A', ["x", ANY, "b", "c"]),
        ('A=b\nA+=" c"\nx $A', ["x", "b", "c"]),
        ('A=b\nif y; then A+=" c"; fi\nx $A', ["x", "b", ANY]),
        ('A="b $M"\nB="$A c"\nx $B ${B:+d} ${M:+d}', ["x", "b", ANY, "c", "d", ANY]),
        ('A="b $M"\n(A=c; y)\nx $A', ["x", "b", ANY]),
        ('export A="b $M"\nx $A', ["x", "b", ANY]),
        ('A="b $M"\nx "$A" c$A', ["x", ANY, "cb", ANY]),
        # Without the blank it goes on with the word before it.
        ('A=b\ntest y && A="$A "\nA="${A}c"\nx $A', ["x", ANY]),
        ('A=b\ntest y && A="$A --l"\nB="z $A c"\nx $B "$B"', ["x", "z", "b", ANY, "c", ANY]),
        ('A=b\nB=" $A"\ntest y && B="$A $B"\nx y${B}z', ["x", ANY, "bz"]),
        ('A=b\nB="$A "\ntest y && B="$B $A"\nx y${B}z', ["x", "yb", ANY]),
        ('A=b\nB="$A "\ntest y && B+=" $A"\nx y${B}z', ["x", "yb", ANY]),
        # What is put in its place may well hold instead.
        ("A=b\ntest y && A=c\nx $A", ["x", ANY]),
        ('if y; then A="b $M"; else A="c $M"; fi\nx $A', ["x", ANY]),
        ('A=b\nfor i in 1; do A="$A $i"; done\nx $A', ["x", ANY]),
        ('A="b $M"\nf() { A=c; }\nf\nx $A', ["x", ANY]),
        ('A="b $M"\n. ./more\nx $A', ["x", ANY]),
        ('A="b $M"\nread -r A\nx $A', ["x", ANY]),
        ('A="b * $M"\nx $A', ["x", ANY]),
        ('A="b $(y)"\nx $A', ["x", ANY]),
        ("declare -i A=1\nA+=2\nx $A", ["x", ANY]),
        ('A="b $M"\nunset A\nx $A', ["x"]),
    ],
)
def test_what_is_known_of_a_value_is_known_of_the_words(text: str, words: list[str | None]) -> None:
    assert told(text) == words


def test_a_value_that_grows_without_end_is_not_kept() -> None:
    text = 'A="b $M"\n' + 'A="$A$A"\n' * 60 + "x $A"
    assert told(text) == ["x", ANY]


PIECES = st.sampled_from(
    ["$A", "${A}", "$B", "$M", "$N", " ", "  ", "--f", "v=1", "${M:+m}", "$A "]
)
VALUES = st.lists(PIECES, min_size=1, max_size=4).map("".join)
SETS = st.builds(
    lambda wrap, name, sign, value: wrap % f'{name}{sign}"{value}"',
    st.sampled_from(["%s", "%s", 'if [ -n "$Q" ]; then %s; fi', '[ -n "$Q" ] && %s', "(%s)"]),
    st.sampled_from(["A", "B"]),
    st.sampled_from(["=", "=", "+="]),
    VALUES,
)


@settings(max_examples=120)
@given(st.lists(SETS, max_size=6), st.sampled_from(["", "q"]), st.sampled_from(["", "m", "m n"]))
def test_bash_makes_the_same_words(lines: list[str], question: str, other: str) -> None:
    script = "\n".join(["A=a", "B='b c'", *lines, "printf '%s\\n' x $A y${B}z $B"])
    environment = {"Q": question, "M": other, "N": other}
    found = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert fits(told(script)[2:], found), (told(script), found)


def fits(words: list[str | None], found: list[str]) -> bool:
    """Whether the words are those that were found, where any number stands for what is unknown."""
    reached = {0}
    for word in words:
        if word is None:
            reached = set(range(min(reached, default=len(found) + 1), len(found) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(found) and found[at] == word}
    return len(found) in reached


ADDED = st.lists(
    st.sampled_from(["a", "'b c'", '"$M"', '"${L[@]}"', '"$@"', "--f"]), min_size=1, max_size=3
).map(" ".join)
GROWN = st.builds(
    lambda wrap, form, words: wrap % (form % words),
    st.sampled_from(["%s", "%s", 'if [ -n "$Q" ]; then %s; fi', '[ -n "$Q" ] && %s', "(%s)"]),
    st.sampled_from(["L+=(%s)", "L=(%s)", 'L=("${L[@]}" %s)', "set -- %s", 'set -- "$@" %s']),
    ADDED,
)


@settings(max_examples=120)
@given(st.lists(GROWN, max_size=6), st.sampled_from(["", "q"]), st.sampled_from(["", "m", "m n"]))
def test_bash_makes_the_same_arrays(lines: list[str], question: str, other: str) -> None:
    script = "\n".join(["L=(l)", *lines, 'printf \'%s\\n\' x "${L[@]}" y "$@" z'])
    found = subprocess.run(
        ["bash", "-c", script, "bash", "given"],
        env={"Q": question, "M": other},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert fits(told(script)[2:], found), (told(script), found)
