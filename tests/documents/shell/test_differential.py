"""The fast reader against the grammar: what the one accepts, both read alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imagelint.core.fact import Known
from imagelint.documents.mapped import MappedText
from imagelint.documents.shell.fast import read_fast
from imagelint.documents.shell.reader import Reader, ScriptOutput
from imagelint.documents.shell.scope import Scope
from imagelint.documents.shell.tree import read_tree
from tests.examples import examples

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command

# What the fast reader reads and the grammar calls unreadable, with the reason.
LISTED = {
    "no word of equals signs only as the last one": re.compile(r"(?<!\S)={1,2}(?=[\s;|&<>\\]|$)"),
    "no empty value directly before an operator": re.compile(r"\b[A-Za-z_]\w*=[|&;]"),
}

# What both read and the grammar reads wrongly, with the reason.
MISREAD = {
    "an empty value before a continuation takes the next word": re.compile(
        r"\b[A-Za-z_]\w*=\\\r?\n"
    ),
    "a line feed behind a redirect may be lost in a pipeline": re.compile(
        r"\|[^\n]*[<>][^\n|;]*\r?\n"
    ),
}


class Reading(NamedTuple):
    commands: list[Command]
    readable: bool


def read_by_grammar(text: str) -> Reading:
    output = ScriptOutput(text, 0, read_tree)
    read_tree(
        Reader(MappedText.verbatim(text, 0), Scope({"V": Known("a b"), "E": Known("")}), output)
    )
    return Reading(output.commands, output.readable)


def _fast_or_grammar(reader: Reader) -> None:
    if not read_fast(reader):
        read_tree(reader)


def read_plainly(text: str) -> Reading | None:
    output = ScriptOutput(text, 0, _fast_or_grammar)
    reader = Reader(
        MappedText.verbatim(text, 0), Scope({"V": Known("a b"), "E": Known("")}), output
    )
    return Reading(output.commands, output.readable) if read_fast(reader) else None


def joined(pieces: st.SearchStrategy[str], most: int) -> st.SearchStrategy[str]:
    return st.lists(pieces, max_size=most).map("".join)


BLANK = st.sampled_from((" ", "  ", "\t", " \\\n ", "\\\n ", " \\\n", " \\\n \\\n  ", "\\\r\n "))
WORD = st.sampled_from(
    (
        "a",
        "-y",
        "--a=b",
        "foo[x]==1",
        "$V",
        "${E}",
        '"$X y"',
        "'q s'",
        "/a/*",
        "a=b",
        "X=1",
        "2",
        '"u\\"v"',
        "@y",
        ":",
        ".",
        "%",
        ",",
        "~/x",
        "read",
        "unset",
        "test",
        "-c",
        "=",
        "a%b",
        "*",
        "https://x.example/i.sh",
        "'n $V'",
        '"o && p"',
        "'q | r'",
        "if",
        "export",
        "!!",
        "a'b'\"c\"",
    )
)
PROGRAM = st.sampled_from(
    (
        "a",
        "apt",
        "/usr/bin/env",
        "sudo",
        "env",
        "exec",
        "nice -n 5",
        "timeout 5",
        "conda run",
        "grep",
        "test",
        "read",
        "cd",
        "source",
        "bash",
        "sh -c",
        "eval",
        "tee",
        '"$X"',
        "$V",
        "'s'",
        "X=1 a",
        "X=1",
        "X= a",
        "Y=$X",
        "command",
        "which",
        "sudo -u me",
        "tini --",
        "busybox",
        ".",
    )
)
REDIRECT = st.sampled_from((">x", "> x", ">> 'y z'", "2>&1", "< z", "&> w", ">&2", "2> $V", "&>>w"))
OPERATOR = st.sampled_from(
    (
        " && ",
        " || ",
        "; ",
        " | ",
        "\n",
        "&&",
        "||",
        ";",
        "|",
        " &&\n",
        " |\n ",
        "\n\n",
        "\r\n",
        " \\\n && ",
        " && \\\n ",
        "\\\n| ",
        "\n\\\n ",
        ";\\\n",
        "\n \\\n \\\n ",
    )
)


@st.composite
def commands(draw: st.DrawFn) -> str:
    parts = [draw(PROGRAM)]
    for pieces, most in ((WORD, 4), (REDIRECT, 2)):
        for piece in draw(st.lists(pieces, max_size=most)):
            parts += (draw(BLANK), piece)
    return "".join(parts)


@st.composite
def plain_scripts(draw: st.DrawFn) -> str:
    parts = [draw(st.sampled_from(("", " ", "\n", "\\\n "))), draw(commands())]
    for following in draw(st.lists(commands(), max_size=5)):
        parts += (draw(OPERATOR), following)
    return "".join((*parts, draw(st.sampled_from(("", "", " ", "\n", ";", " \\\n ", "; \\\n\n")))))


# Anything in any order, also what the fast reader leaves to the grammar.
ROUGH = joined(
    st.sampled_from(
        (
            "a",
            "apt",
            " b",
            " X=1",
            "X=1 ",
            " --a=b",
            " foo[x]==1",
            " $V",
            " ${E}",
            ' "$X y"',
            " 'q s'",
            " ",
            " \\\n ",
            "\n",
            " && a",
            " || b",
            "; c",
            " | d",
            " > x",
            " 2>&1",
            " -y",
            " && grep x",
            " read X",
            " unset",
            " é",
            " sudo",
            " env",
            " test",
            " /a/*",
            " a=b",
            "%",
            " # note\n",
            " (i)",
            " $(g)",
            " `h`",
            " { j; }",
            " & ",
            "if a; then b; fi",
            "\\\n",
            ">",
            " <<E\nt\nE\n",
            " sh -c 'k | l'",
            "&&p",
            "|q",
            ";s",
            " ! t",
            "=",
            " 2> v",
            "\r\n",
            "&",
        )
    ),
    14,
)
SURROUNDINGS = st.sampled_from(
    (
        ("(y)\n", ""),
        ("", "\n(z)"),
        ("! y\n", "\n{ z; }"),
        ("(y); ", "\nz &"),
        ("# why\n", "\n$(z)"),
        ("y 2>&1 | (y)\n", "\nz > $(z)"),
    )
)
PIPED = "curl -s https://x.example/i.sh | bash | tee log && echo $(date)"


@example("a | b | c && d")
@example("a | python3 - 2>&1 >f")
@example("a | tar xf - \\\n 2>f && b")
@example("a |\n b 2>&1\nbash 2\nc | d >f")
@example("a && b > x | c | d || e | f")
@example("X=1  | tee log\\\n >&2 | d; ")
@example("apt >> y | bash 2>&1 >&2  |\n f test")
@example("X=1 grep x && y")
@example("apt ${E}\n\n\\\n a=b")
@example("a | b | c\n d > x > y")
@example("apt && env > x\n\\\n a=b")
@example("test x\n\\\n /a/* && grep x 2> v; ")
@example(" a=b\\\n a=b; c && a")
@example(" \\\n ")
@example("a \\\n ")
@example("a; \\\n\r\n\r\n \\\n ")
@example(" env -y\\\n 2> v ||\\\n e")
@example("env\\\n \\\n  2>&1")
@example(" b%")
@example("a=|q")
@example("sh -c if")
@example("a | d=\\\n .")
@example("a=b\\\n X=1 |\n f | bash")
@example("a ==")
@example("X=1\\\n a=b test a && b")
@example("X=1 https://x.example/i.sh")
@given(plain_scripts() | ROUGH)
@examples(200)
def test_plain_scripts_are_read_as_the_grammar_reads_them(text: str) -> None:
    fast = read_plainly(text)
    if fast is None:
        return
    slow = read_by_grammar(text)
    listed = any(difference.search(text) for difference in LISTED.values())
    misread = any(difference.search(text) for difference in MISREAD.values())
    assert fast == slow or misread or (listed and not slow.readable)


@example("tee a | tee b | tee c\n d > x > y && e", ("! y\n", "\n{ z; }"))
@given(plain_scripts(), SURROUNDINGS)
@examples(100)
def test_what_stands_around_a_plain_script_changes_nothing(
    text: str, around: tuple[str, str]
) -> None:
    alone = read_plainly(text)
    known = (*LISTED.values(), *MISREAD.values())
    if alone is None or any(difference.search(text) for difference in known):
        return
    before, behind = around
    whole = read_by_grammar(before + text + behind)
    start, end = len(before), len(before) + len(text)
    inside = [command for command in whole.commands if start <= command.span.start < end]
    assert [_shape(command, start) for command in inside] == [
        _shape(command, 0) for command in alone.commands
    ]


def _shape(command: Command, start: int) -> tuple[object, ...]:
    words = tuple((word.raw, word.value, word.span.start - start) for word in command.words)
    return command.program, words, command.stage, command.unconditional, command.nested


@pytest.mark.parametrize("text", [PIPED, f"true && {PIPED}", PIPED.replace("&&", "||")])
def test_longer_pipelines_stay_together_in_front_of_another_command(text: str) -> None:
    curl, bash, tee, echo = (
        next(one for one in read_by_grammar(text).commands if one.program == name)
        for name in ("curl", "bash", "tee", "echo")
    )
    assert curl.pipe == bash.pipe == tee.pipe != echo.pipe
    assert (curl.stage, bash.stage, tee.stage, echo.stage) == (0, 1, 2, 0)


def test_plain_scripts_take_the_fast_way() -> None:
    text = "apt-get update && apt-get install -y --no-install-recommends \\\n a b=$V | tee x"
    assert read_plainly(text) is not None
