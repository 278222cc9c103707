from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.process import find
from imagelint.collect.tools import shellcheck
from tests.cli.projects import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Program

BAD = "FROM debian:12.7\nRUN cat $HOME/.profile\nUSER 1000\n"
ON = ("--only", "shell-mistake", "--format", "concise")


@pytest.fixture
def program_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another program in the place of ShellCheck; without a file there is none."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", str(folder))
    find.cache_clear()
    yield folder / "shellcheck"
    find.cache_clear()


def fake(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def test_files_standard_input_and_inline_dockerfiles_are_asked_about(
    program: Program, here: Path
) -> None:
    inline = "services:\n  a:\n    build:\n      dockerfile_inline: |\n"
    inline += "".join(f"        {line}\n" for line in BAD.splitlines())
    write(here, Dockerfile=BAD, compose_yaml=inline)
    answer = program("check", *ON)
    assert "Dockerfile:2:9: info[shell-mistake] Double quote" in answer.out
    assert "compose.yaml:6:17: info[shell-mistake] Double quote" in answer.out
    typed = program("check", *ON, "-", "--stdin-filename", "Dockerfile", stdin=BAD.encode())
    assert "Dockerfile:2:9: info[shell-mistake] Double quote" in typed.out


def test_it_is_remembered_and_off_by_itself(program: Program, here: Path) -> None:
    write(here, Dockerfile=BAD)
    first, second = program("check", *ON), program("check", *ON)
    assert first == second
    assert "shell-mistake" not in program("check", "--policy", "strict").out


@pytest.mark.usefixtures("program_instead")
def test_without_the_program_the_verdict_is_incomplete(program: Program, here: Path) -> None:
    write(here, Dockerfile=BAD, other__Dockerfile=BAD, plain__Dockerfile="FROM debian:12.7\n")
    answer = program("check", *ON, "--format", "text=out")
    assert answer.code == 3
    assert answer.out.count("the program `shellcheck` is not installed") == 1
    assert "imagelint[shell]" in (here / "out").read_text(encoding="utf-8")
    assert program("check", *ON, "plain").code == 0


@pytest.mark.parametrize("body", ["exit 2", "echo nonsense", "echo '{}'; exit 1", "kill -9 $$"])
def test_a_program_that_fails_is_told(
    program: Program, here: Path, program_instead: Path, body: str
) -> None:
    fake(program_instead, body)
    write(here, Dockerfile=BAD)
    answer = program("check", *ON)
    assert answer.code == 3
    assert "tool-failed" in answer.out


def test_many_scripts_are_asked_about_in_parts_and_large_ones_not(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shellcheck, "_MOST_AT_ONCE", 2)
    monkeypatch.setattr(shellcheck, "_LARGEST", 40)
    lines = [f"RUN cat $HOME/{number}" for number in range(5)]
    lines.append(f"RUN cat $HOME/{'a' * 50}")
    write(here, Dockerfile="\n".join(("FROM debian:12.7", *lines)) + "\n")
    assert program("check", *ON).out.count("shell-mistake") == 5
