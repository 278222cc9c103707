from __future__ import annotations

import json

import pytest

from imagelint.core.fact import Known
from imagelint.documents.shell.script import Command, Script, ScriptRole
from tests.documents.dockerfile.reader import nodes, read, under


def _script(text: str) -> Script:
    return nodes(text, Script)[-1]


def _programs(text: str) -> list[str]:
    return [command.program for command in nodes(text, Command)]


def test_a_script_is_the_text_behind_the_flags() -> None:
    text = "FROM a\nRUN --mount=type=cache,target=/c  pip install b && ls \n"
    script = _script(text)
    assert script.text == under(text, script) == "pip install b && ls"
    assert (script.role, script.shell, script.place.shipped) == (ScriptRole.RUN, "sh", True)
    assert _programs(text) == ["pip", "ls"]


def test_continuations_become_those_of_a_shell_and_nothing_moves() -> None:
    text = "# escape=`\nFROM a\nRUN b `  \n  # it's a comment\n\n  && c `\r\n d\\e\n"
    script = _script(text)
    assert script.text == ("b   \\\n" + " " * len("  # it's a comment\n\n") + "  && c  \\\n d\\e")
    assert len(script.text) == len(under(text, script))
    assert _programs(text) == ["b", "c"]
    assert [under(text, word) for word in nodes(text, Command)[1].words[:1]] == ["c"]


def test_a_word_may_go_on_behind_a_continuation() -> None:
    assert _script("RUN a\\\nb c\n").text == "a\\\nb c"
    assert _script("RUN a\\ \t\nb c\n").text == "a\\\n\\\nb c"
    assert _programs("RUN a &&\\\r\nb\n") == ["a", "b"]
    script = _script("RUN a\\\r\nb c\n")
    assert (script.readable, script.commands) == (False, ())


def test_a_continuation_in_the_first_line_belongs_to_the_keyword() -> None:
    text = "RUN \\\n  # c\n  a \\\n  b\n"
    assert under(text, _script(text)) == "a \\\n  b"
    assert _programs(text) == ["a"]


def test_a_lone_here_document_is_the_script() -> None:
    text = "FROM a\nRUN <<EOF\nb\n# c\nd e\nEOF\n"
    script = _script(text)
    assert script.text == under(text, script) == "b\n# c\nd e\n"
    assert (_programs(text), script.shell) == (["b", "d"], "sh")


@pytest.mark.parametrize(
    ("line", "shell"),
    [
        ("#!/bin/bash -e", "bash"),
        ("#!/usr/bin/env python3", "python3"),
        ("#! /usr/bin/env -S bash -e", "bash"),
        ("#!/usr/local/bin/node", "node"),
        ("#!sh", "sh"),
        ("echo", "sh"),
    ],
)
def test_a_shebang_names_the_shell(line: str, shell: str) -> None:
    assert _script(f"RUN <<EOF\n{line}\na\nEOF\n").shell == shell
    assert _script(f"RUN <<-EOF\n\t{line}\n\ta\n\tEOF\n").shell == shell


def test_other_here_documents_are_part_of_the_script() -> None:
    text = "FROM a\r\nRUN bash -e <<EOF && \\\r\n b\r\nc\r\nEOF\r\nUSER d\r\n"
    script = _script(text)
    assert script.text == "bash -e <<EOF &&  \\\n b \nc \nEOF"
    assert len(script.text) == len(under(text, script))
    assert script.shell == "sh"


def test_the_shell_is_what_shell_says() -> None:
    text = 'FROM a\nSHELL ["/bin/bash", "-c"]\nRUN b\nSHELL ["powershell.exe"]\nRUN c\n'
    assert [script.shell for script in nodes(text, Script)] == ["bash", "powershell"]


def test_the_exec_form_is_one_command() -> None:
    text = 'FROM a\nENTRYPOINT ["/usr/bin/vllm", "serve", "$M"]\n'
    script = _script(text)
    (command,) = script.commands
    assert (command.program, [word.text for word in command.words]) == (
        "vllm",
        ["/usr/bin/vllm", "serve", "$M"],
    )
    assert under(text, command) == '"/usr/bin/vllm", "serve", "$M"'
    assert (script.role, script.shell, script.readable) == (ScriptRole.START, "", True)


@pytest.mark.parametrize(
    ("words", "text", "programs"),
    [
        ('["sh", "-c", "a b && c"]', "a b && c", ["a", "c"]),
        ('["/bin/bash", "-lc", "a"]', "a", ["a"]),
        ('["bash", "-e", "-o", "pipefail", "-c", "a | b"]', "a | b", ["a", "b"]),
        ('["tini", "-g", "--", "sh", "-c", "a"]', "a", ["a"]),
        ('["/usr/bin/env", "B=c", "gosu", "me", "bash", "-c", "a"]', "a", ["a"]),
        ('["sh", "-c", "a \\"b c\\" d; e"]', 'a  "b c"  d; e', ["a", "e"]),
        ('["sh", "-c", "a\\n b\\tc"]', "a \n b  c", ["a", "b"]),
    ],
)
def test_the_script_of_a_shell_in_exec_form_is_read(
    words: str, text: str, programs: list[str]
) -> None:
    file = f"FROM x\nCMD {words}\n"
    script = _script(file)
    assert (script.text, _programs(file)) == (text, programs)
    assert len(script.text) == len(under(file, script))


@pytest.mark.parametrize(
    "inner",
    [
        r'a --b=\"c\"', r'a \"b\"c', r"a 'b\"'", r"a \\ b", r"a \u0041", r'a \"b\nc\"',
    ],
)  # fmt: skip
def test_what_is_not_written_in_its_place_is_read_at_the_place_of_its_word(inner: str) -> None:
    file = f'FROM x\nCMD ["sh", "-c", "{inner}"]\n'
    script = _script(file)
    assert script.readable
    assert script.text == json.loads(f'"{inner}"')
    assert under(file, script) == f'"{inner}"'
    assert [command.program for command in script.commands] == ["a"]
    assert {command.span for command in script.commands} == {script.span}


def test_the_exec_form_starts_behind_its_wrappers() -> None:
    text = 'FROM x\nENTRYPOINT ["tini", "--", "env", "A=b c", "nice", "/opt/vllm", "serve"]\n'
    (command,) = _script(text).commands
    assert (command.program, command.wrappers) == ("vllm", ("tini", "env", "nice"))
    assert [word.text for word in command.words] == ["/opt/vllm", "serve"]
    (variable,) = command.assignments
    assert (variable.name, variable.value) == ("A", Known("b c"))
    assert text[slice(*variable.name_span)] == "A"
    assert text[slice(*variable.value_span)] == "b c"


@pytest.mark.parametrize("words", ['["sh"]', '["sh", "a.sh"]', '["sh", "-x", "a"]'])
def test_a_shell_without_a_script_is_not_readable(words: str) -> None:
    assert not _script(f"FROM x\nCMD {words}\n").readable


@pytest.mark.parametrize("line", ["RUN", "RUN []", "CMD []", "HEALTHCHECK CMD", "RUN <<EOF\nEOF"])
def test_nothing_to_run_is_no_command(line: str) -> None:
    assert _programs(f"FROM x\n{line}\n") == []


def test_scripts_know_their_surroundings() -> None:
    text = (
        "FROM a AS b\nWORKDIR /c\nENV D=e\nRUN --mount=type=cache,target=/c "
        "--mount=type=secret,id=s --mount=type=bind,dst=/d --mount=source=x,destination=/e $D f\n"
        "FROM g\nRUN h\nHEALTHCHECK CMD i || exit 1\n"
    )
    first, second, check = nodes(text, Script)
    assert first.mounts == ("cache:/c", "secret:/run/secrets/s", "bind:/d", "bind:/e")
    assert (first.workdir, first.place.shipped) == ("/c", False)
    assert (second.workdir, second.place.shipped) == ("", True)
    assert (check.role, check.text) == (ScriptRole.HEALTHCHECK, "i || exit 1")
    assert first.commands[0].program == "e"


def test_onbuild_run_is_a_script_too() -> None:
    text = "FROM scratch\nENV A=b\nONBUILD RUN $A c && d\n"
    script = _script(text)
    assert under(text, script) == "$A c && d"
    assert [command.program for command in script.commands] == ["", "d"]
    assert nodes("FROM a\nONBUILD USER b\nONBUILD\n", Script) == []


def test_a_loose_script_is_read() -> None:
    assert _programs("RUN a\n") == ["a"]
    assert read("RUN a\n").stages == ()
