from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText
from imagelint.documents.serving.startscript import (
    all_known,
    find_script,
    read_mapped_script,
    unknown_word,
    whole_word,
)
from imagelint.documents.shell.script import Script, ScriptRole, Word
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import Mapping, Scalar, load_yaml
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from imagelint.core.fact import Fact

NOWHERE = Span(0, 0)


def words(*texts: str) -> tuple[Word, ...]:
    return tuple(Word(NOWHERE, text, Known(text)) for text in texts)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (("sh", "-c", "x"), (2, "sh")),
        (("/bin/bash", "-lc", "x"), (2, "bash")),
        (("bash", "-e", "-o", "pipefail", "-c", "x", "y"), (5, "bash")),
        (("bash", "-c", "--", "x"), (3, "bash")),
        (("tini", "--", "sh", "-c", "x"), (4, "sh")),
        (("/usr/bin/env", "bash", "-c", "x"), (3, "bash")),
        (("busybox", "sh", "-c", "x"), (3, "sh")),
        (("env", "A=b", "gosu", "me", "bash", "-c", "x"), (6, "bash")),
        (("bash", "start.sh"), None),
        (("bash", "-x", "start.sh", "-c"), None),
        (("python3", "-c", "x"), None),
        (("vllm", "serve"), None),
        (("sh", "-c"), None),
        (("bash", "--login"), None),
        (("conda", "run", "-n", "e", "/bin/bash", "-c", "x"), (6, "bash")),
        (("env", "su", "me", "-c", "x"), (4, "sh")),
        (("scl", "enable", "a", "b", "--", "bash", "-c", "x"), (7, "bash")),
        (("exec",) * 7 + ("sh", "-c", "x"), (9, "sh")),
        ((), None),
    ],
)
def test_the_script_of_a_shell_is_found(
    texts: tuple[str, ...], found: tuple[int, str] | None
) -> None:
    assert find_script(words(*texts)) == found


def read(text: str, variables: dict[str, Fact[str]] | None = None) -> tuple[Script, str]:
    (node,) = load_yaml(text)
    assert isinstance(node, Mapping)
    scalar = node.get("a")
    assert isinstance(scalar, Scalar)
    script = read_mapped_script(  # noqa: S604 - reads, never runs
        map_scalar(scalar),
        ScriptRole.START,
        shell="sh",
        variables=variables or {},
        path="a",
    )
    return script, text


@pytest.mark.parametrize(
    "text",
    [
        "a: vllm serve m --port 80",
        "a: 'vllm serve m --port 80'",
        "a: |\n  set -e\n  vllm serve m \\\n    --port 80\n",
        "a: >-\n  vllm serve\n  m\n  --port 80\n",
        'a: "set -e\\nvllm serve m --port 80\\n"',
    ],
)
def test_words_of_a_script_are_found_where_they_are_written(text: str) -> None:
    script, source = read(text)
    command = script.commands[-1]
    assert command.program == "vllm"
    assert [word.text for word in command.words] == ["vllm", "serve", "m", "--port", "80"]
    for word in command.words:
        assert source[word.span.start : word.span.end] == word.text
    assert source[slice(*command.span)].startswith("vllm")
    assert source[slice(*command.span)].endswith("80")
    assert script.role is ScriptRole.START
    assert script.path == "a"


def test_variables_that_are_known_are_resolved() -> None:
    script, _ = read('a: "serve\\t$MODEL"', {"MODEL": Known("m")})
    value = script.commands[0].words[1].value
    assert isinstance(value, Known)
    assert value.value == "m"


def test_a_text_without_places_stands_under_its_span() -> None:
    mapped = MappedText("echo hi", Span(5, 30), ())
    script = read_mapped_script(  # noqa: S604 - reads, never runs
        mapped,
        ScriptRole.START,
        shell="sh",
        variables={},
        path="",
    )
    assert script.span == Span(5, 30)
    assert {word.span for word in script.commands[0].words} == {Span(5, 30)}


def test_words_are_whole_scalars() -> None:
    (node,) = load_yaml("['a b', {}]")
    place = Cursor(node)
    scalar = place[0].node
    assert isinstance(scalar, Scalar)
    assert whole_word(scalar, Known("a b")) == Word(Span(2, 5), "'a b'", Known("a b"))
    assert unknown_word(place[1]) == Word(Span(8, 10), "", UNKNOWN)
    assert all_known(words("a"))
    assert not all_known((*words("a"), unknown_word(place[1])))
