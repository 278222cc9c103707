"""A reserved word may stand directly behind the end of a compound command, POSIX 2.9.4."""

from __future__ import annotations

from itertools import product

import pytest

from imagelint.core.source import Span
from imagelint.documents.shell.read import read_script
from imagelint.documents.shell.script import Script, ScriptRole

COMPOUND = (
    "if a; then b; fi",
    "while a; do b; done",
    "for x in a; do b; done",
    "{ a; }",
    "(a)",
    "case x in y) a;; esac",
    "[[ a ]]",
)
BEHIND = (
    "if c; then @fi",
    "if c; then @else d; fi",
    "if c; then @elif d; then e; fi",
    "if @then d; fi",
    "while @do d; done",
    "until @do d; done",
    "while c; do @done",
    "{ @}",
    "f() { @}",
    "case c in d) @esac",
    "if z; then if c; then @fi fi",
    "while z; do { @} done",
)


def read(text: str) -> Script:
    return read_script(text, Span(0, len(text)), ScriptRole.RUN)


def texts(script: Script) -> list[list[str]]:
    return [[word.text for word in command.words] for command in script.commands]


@pytest.mark.parametrize(("inner", "outer"), list(product(COMPOUND, BEHIND)))
def test_nothing_needs_to_stand_between(inner: str, outer: str) -> None:
    expected = read(outer.replace("@", f"{inner}; "))
    assert expected.readable
    for gap in (" ", "\t", " \\\n", "\\\n  ", "\\\n\\\n ", "\n"):
        script = read(outer.replace("@", inner + gap))
        assert script.readable
        assert texts(script) == texts(expected)


@pytest.mark.parametrize("text", ["echo fi fi", "a done done", "for x in fi done; do a; done"])
def test_words_are_no_reserved_words(text: str) -> None:
    script = read(f"{text}; if a; then b; fi")
    assert script.readable
    assert texts(script)[-2:] == [["a"], ["b"]]


def test_a_comment_in_backquotes_is_nothing() -> None:
    text = '(apt install a \\\n `# why` \\\n b `#` c) && echo `# d`e "`#f`"'
    script = read(text)
    assert script.readable
    assert texts(script)[0] == ["apt", "install", "a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("((a) )", [["a"]]),
        ("((a);b)", [["a"], ["b"]]),
        ("((a) | b) && c", [["a"], ["b"], ["c"]]),
        ("if ((a) ); then b; fi", [["a"], ["b"]]),
        ("(((a)) ; b)", [["b"]]),
        ("((a) ); cat <<A; cat <<B\n1\nA\n2\nB\n", [["a"], ["cat"], ["cat"]]),
        ("(((1)) )", []),
        ("((i = (1 + 2) * 3)) && c", [["c"]]),
        ("(( i++ )); '((a)' b", [["((a)", "b"]]),
    ],
)
def test_two_parentheses_are_a_sum_only_when_they_close_at_once(
    text: str, commands: list[list[str]]
) -> None:
    script = read(text)
    assert script.readable
    assert [one for one in texts(script) if one] == commands
    for command in script.commands:
        for word in command.words:
            assert text[word.span.start : word.span.end] == word.raw
