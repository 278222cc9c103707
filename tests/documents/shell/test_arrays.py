from __future__ import annotations

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Span
from imagelint.documents.shell.read import Script, ScriptRole, read_script


def read(text: str) -> Script:
    return read_script(text, Span(0, len(text)), ScriptRole.START)


def told(text: str) -> list[str | None]:
    """The words of the last command, None for each that is not known."""
    script = read(text)
    return [
        word.value.value if isinstance(word.value, Known) else None
        for word in script.commands[-1].words
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('A=(b "c d" \'e\')\nx "${A[@]}" y', ["x", "b", "c d", "e", "y"]),
        ("A=(b)\nx ${A[@]}", ["x", "b"]),
        ("A=(b)\nx ${A[*]}", ["x", "b"]),
        ('A=(\n  b # one\n  c=d \\\n  e\n)\nx "${A[@]}"', ["x", "b", "c=d", "e"]),
        ('B=c\nA=($B "$B-d" $E)\nx "${A[@]}"', ["x", "c", "c-d", None]),
        ('A=(b)\nA+=(c)\nx "${A[@]}"', ["x", "b", "c"]),
        ('A=(b)\nif y; then A+=(c); fi\nx "${A[@]}"', ["x", "b", None]),
        ('A=(b)\nif y; then A=(c); fi\nx "${A[@]}"', ["x", None]),
        ('A=(b)\nif y; then A=("${A[@]}" c); fi\nx "${A[@]}"', ["x", "b", None]),
        ('A=(b)\nif y; then A=(c "${A[@]}"); fi\nx "${A[@]}"', ["x", None]),
        ('A=(b)\ntest y && A+=(c)\nA+=(d)\nx "${A[@]}"', ["x", "b", None, "d"]),
        ('declare -a A\nA+=(b)\nx "${A[@]}"', ["x", None, "b"]),
        ('A=c\nA+=(b)\nx "${A[@]}"', ["x", None, "b"]),
        ('set -- b "c d"\nx "$@"', ["x", "b", "c d"]),
        ('set -- b "$@"\nif y; then set -- "$@" c; fi\nx "$@" e', ["x", "b", None, None, "e"]),
        ('set -- b\nif y; then set -- c "$@"; fi\nx "$@"', ["x", None]),
        ('set -- b\nif y; then set -- c; fi\nx "$@"', ["x", None]),
        ("set -- b c\nshift\nx $@", ["x", None]),
        ('set -- b\nset -- --c\nx "$@"', ["x", "--c"]),
        ('set -- b\nset -eu\nx "$@"', ["x", "b"]),
        ('set -- b\neval set -- "$o"\nx "$@"', ["x", None]),
        ('set -- b\nf() { x "$@"; }', ["x", None]),
        ('set -- b\n. ./more\nx "${@}"', ["x", "b", None]),
        ('for i in 1 2; do A+=(c); done\nx "${A[@]}"', ["x", None, None]),
        ('f() { A+=(c); }\nA=(b)\nx "${A[@]}"', ["x", "b", None]),
        ('declare -a A=(b)\nB=("${A[@]}" c)\nx "${B[@]}"', ["x", "b", "c"]),
        ('A=(b)\nunset A\nx "${A[@]}"', ["x", None]),
        ('A=(b)\nA=c\nx "${A[@]}"', ["x", None]),
        ('A=([k]=b)\nx "${A[@]}"', ["x", None]),
        ('A=()\nx "${A[@]}"', ["x", None]),
        ('A=(b)\nx "${A[*]}" "${#A[@]}" "y${A[@]}"', ["x", None, None, None]),
    ],
)
def test_the_words_of_an_array_are_handed_on(text: str, words: list[str | None]) -> None:
    assert told(text) == words


def test_words_stand_where_the_array_is_written() -> None:
    text = 'A=("b c")\nx "${A[@]}"'
    script = read(text)
    word = script.commands[-1].words[1]
    assert text[slice(*word.span)] == '"b c"'
    assert word.raw == '"b c"'


def test_a_shell_that_is_started_knows_no_arrays() -> None:
    text = "A=(b)\nbash -c 'x \"${A[@]}\"'"
    script = read(text)
    assert script.commands[-1].words[1].value is UNKNOWN


def test_an_array_that_doubles_is_unknown_in_the_end() -> None:
    text = "A=(b)\n" + 'A=("${A[@]}" "${A[@]}")\n' * 20 + 'x "${A[@]}"'
    assert told(text) == ["x", None]
