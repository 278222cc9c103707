from __future__ import annotations

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.compose import words
from imagelint.documents.compose.words import CommandLine, read_words, whole
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml


def read(text: str) -> CommandLine:
    (node,) = load_yaml(text)
    return read_words(Cursor(node)["command"])


def values(line: CommandLine) -> list[object]:
    facts = [mapped_word.word.value for mapped_word in line.words]
    return [fact.value if isinstance(fact, Known) else fact for fact in facts]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("vllm serve m", ["vllm", "serve", "m"]),
        ("[vllm, 'a b', 8000]", ["vllm", "a b", "8000"]),
        ("sh -c 'a  b'", ["sh", "-c", "a  b"]),
        ("'--x=\"a b\"c d\\ e'", ["--x=a bc", "d e"]),
        ('a "\\"b\\" c"', ["a", '"b" c']),
        ("a $X ${Y:-b} $$Z", ["a", UNKNOWN, "b", "$Z"]),
        ("a ${Y:-b c} x${Z:?must be set}y d", ["a", "b", "c", UNKNOWN, "d"]),
        ("['${Y:-b c}', '${Y:-$$d}', '${Y']", ["b c", "$d", UNKNOWN]),
        ("a ${Y b", ["a", UNKNOWN, "b"]),
        ("a '' b", ["a", "", "b"]),
        ("[a, {}, '{{ x }}']", ["a", UNKNOWN, UNKNOWN]),
        (">-\n  a\n  --b c", ["a", "--b", "c"]),
        ("", []),
        ("''", []),
    ],
)
def test_words(command: str, expected: list[object]) -> None:
    line = read(f"command: {command}\n")
    assert values(line) == expected
    assert line.complete


@pytest.mark.parametrize("command", ["a 'b", "'a \"b'", "a \\", "{}"])
def test_what_cannot_be_split_is_not_complete(command: str) -> None:
    assert read(f"command: {command}\n") == CommandLine((), complete=False)


def test_words_are_found_where_they_are_written() -> None:
    text = "command: >\n  --model m\n  --port '80 80'\nother: x\n"
    line = read(text)
    assert [text[slice(*mapped_word.word.span)] for mapped_word in line.words] == [
        "--model",
        "m",
        "--port",
        "'80 80'",
    ]
    mapped = line.words[3].mapped
    assert (mapped.text, text[mapped.starts[0]], text[mapped.starts[4]]) == ("80 80", "8", "0")


def test_an_escaped_dollar_is_one_for_the_container() -> None:
    text = "command: [sh, -c, 'echo $$X $$Y']"
    mapped = read(text).words[2].mapped
    assert mapped.text == "echo $X $Y"
    assert [text[start] for start in mapped.starts] == list("echo $X $Y")
    (node,) = load_yaml("a: x$$y")
    assert whole(Cursor(node)["a"]).mapped.text == "x$y"


def test_a_default_stands_where_its_variable_does() -> None:
    text = "command: [sh, -c, 'serve ${M:-a b} --x']"
    mapped = read(text).words[2].mapped
    assert mapped.text == "serve a b --x"
    assert text[slice(*mapped.place(6, 9))] == text[slice(*mapped.place(7, 8))] == "${M:-a b}"
    assert text[slice(*mapped.place(10, 13))] == "--x"


@given(st.text("ab '\"\\\n", max_size=30))
@settings(max_examples=200, deadline=None)
def test_splitting_agrees_with_the_standard_library(text: str) -> None:
    pieces = words._split(text)
    got = None if pieces is None else ["".join(text[i] for i in chosen) for _, chosen in pieces]
    try:
        expected: list[str] | None = shlex.split(text)
    except ValueError:
        expected = None
    if '"' in text and "\\" in text:  # inside double quotes the shell keeps some backslashes
        assert (got is None) == (expected is None)
    else:
        assert got == expected
