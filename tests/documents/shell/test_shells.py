from __future__ import annotations

import pytest

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.shell.script import Word
from imagelint.documents.shell.shells import (
    POSIX_SHELLS,
    SHELLS,
    Operand,
    ShellText,
    base_name,
    first_operand,
    script_index,
    shebang_shell,
    shell_named,
    shell_text,
)


def words(text: str) -> tuple[Word, ...]:
    return tuple(Word(Span(0, 0), word, Known(word)) for word in text.split())


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("bash", "bash"),
        ("/bin/bash", "bash"),
        ("-bash", "bash"),
        ("C:\\x\\cmd.exe", "cmd"),
        ("/usr/bin/", ""),
        ("", ""),
    ],
)
def test_a_program_is_called_by_its_base_name(path: str, name: str) -> None:
    assert base_name(path) == name


def test_every_shell_is_found_by_its_path() -> None:
    assert {name for name in SHELLS if shell_named(f"/opt/{name}") is SHELLS[name]} == {*SHELLS}
    assert shell_named("PowerShell.EXE") is SHELLS["powershell"]
    assert shell_named("python") is None


def test_some_shells_speak_another_language() -> None:
    assert {*SHELLS} - POSIX_SHELLS == {"cmd", "fish", "nu", "powershell", "pwsh"}
    assert {n for n in SHELLS if SHELLS[n].windows} == {"cmd", "powershell", "pwsh"}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("sh -c x", 2),
        ("/bin/bash -lc x", 2),
        ("bash -e -o pipefail -c x y", 5),
        ("bash -euxo pipefail -c x", 4),
        ("bash --rcfile f -O extglob -c x", 6),
        ("bash +O extglob -c x", 4),
        ("dash -O -c x", 3),
        ("bash -c -- x", 3),
        ("bash start.sh", None),
        ("bash -x start.sh -c", None),
        ("sh -c", None),
        ("bash --login", None),
        ("python3 -c x", None),
        ("fish -c x", None),
        ("", None),
    ],
)
def test_the_script_of_a_shell_is_its_first_operand_behind_c(text: str, at: int | None) -> None:
    assert script_index(words(text)) == at


@pytest.mark.parametrize(
    ("text", "operand"),
    [
        ("bash", Operand(None, is_script=False)),
        ("bash -s -- a", Operand(3, is_script=False)),
        ("sh -", Operand(1, is_script=False)),
        ("sh -e a.sh -c", Operand(2, is_script=False)),
    ],
)
def test_without_c_the_first_operand_is_a_file(text: str, operand: Operand) -> None:
    assert first_operand(words(text)) == operand


@pytest.mark.parametrize(
    ("text", "shell"),
    [
        ("#!/bin/bash -e\nx", "bash"),
        ("\n #! /usr/bin/env -S bash -e", "bash"),
        ("#!sh", "sh"),
        ("echo #!sh", ""),
        ("", ""),
    ],
)
def test_the_first_line_may_name_the_shell(text: str, shell: str) -> None:
    assert shebang_shell(text) == shell


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/bin/bash -lc x", ShellText(2, "bash")),
        ("su - me -c x", ShellText(4, "sh")),
        ("su -lc x me", ShellText(2, "sh")),
        ("/sbin/runuser -l me --command x", ShellText(4, "sh")),
        ("flock -n /tmp/lock -c x", ShellText(4, "sh")),
        ("script -qec x /dev/null", ShellText(2, "sh")),
        ("nix-shell --pure --run x", ShellText(3, "sh")),
        ("scl enable a b x", ShellText(4, "sh")),
        ("scl enable a", None),
        ("scl list-packages a b x", None),
        ("su me", None),
        ("su me -c", None),
        ("flock /tmp/lock x", None),
        ("nix-shell -rc x", None),
        ("python3 -c x", None),
        ("", None),
    ],
)
def test_some_programs_hand_a_text_to_a_shell(text: str, found: ShellText | None) -> None:
    assert shell_text(words(text)) == found
