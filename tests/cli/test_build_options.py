from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.projects import write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

STAGES = """\
ARG BASE
FROM debian:12.7 AS build
# imagelint: allow undefined-variable -- set by the base
LABEL a=$NOPE
FROM $BASE AS server
CMD serve
FROM debian:12.7 AS tools
USER root
"""
RULES = "unpinned-image root-user shell-form-entrypoint undefined-variable unused-stage"
ONLY = [
    *("--policy", "recommended", "--format", "concise", "--rule", "unused-stage=on"),
    *(word for rule in (*RULES.split(), "unused-allowance") for word in ("--only", rule)),
]


def told(program: Program, *options: str) -> list[str]:
    """The lines of the Dockerfile that something is said about, with the rules."""
    out = program("check", *ONLY, *options, "Dockerfile").out
    lines = (line.split(":", 3) for line in out.splitlines() if line.startswith("Dockerfile:"))
    return [f"{line[1]} {line[3].split('[')[1].split(']')[0]}" for line in lines]


def test_an_argument_counts_more_than_its_default(program: Program, here: Path) -> None:
    write(here, Dockerfile="ARG BASE=python:3.12.7\nFROM $BASE\nUSER 10001\n")
    assert "2 unpinned-image" not in told(program)
    given = program("check", *ONLY, "--build-arg", "BASE=python", "Dockerfile").out
    assert "`python` has no tag" in given


@pytest.mark.parametrize(
    ("file", "given", "left"),
    [
        ("FROM a:1 AS B", "skip=StageNameCasing", ["legacy-key-value"]),
        ("FROM a:1 AS B", "skip=all", []),
        ("FROM a:1 AS B", "skip=stagenamecasing", ["uppercase-stage-name", "legacy-key-value"]),
        ("# check=skip=all\nFROM a:1 AS B", "skip=StageNameCasing", ["legacy-key-value"]),
        ("# check=skip=all\nFROM a:1 AS B", "", ["uppercase-stage-name", "legacy-key-value"]),
        ("# a\n# check=skip=all\nFROM a:1 AS B", "error=false", ["legacy-key-value"]),
    ],
)
def test_an_argument_says_which_checks_to_skip_in_place_of_the_file(
    program: Program, here: Path, file: str, given: str, left: list[str]
) -> None:
    write(here, Dockerfile=f"{file}\nENV c d\n")
    only = ("--policy", "style", "--format", "concise")
    out = program(
        "check", *only, "--build-arg", f"BUILDKIT_DOCKERFILE_CHECK={given}", "Dockerfile"
    ).out
    names = ("uppercase-stage-name", "legacy-key-value")
    assert [name for name in names if f"[{name}]" in out] == left


def test_an_argument_may_end_the_build(program: Program, here: Path) -> None:
    write(here, Dockerfile="FROM a:1\nENV c d\n")
    only = ("--only", "legacy-key-value", "--rule", "legacy-key-value=info", "--format", "concise")
    assert "info" in program("check", *only, "Dockerfile").out
    ended = ("--build-arg", "BUILDKIT_DOCKERFILE_CHECK=error=true")
    assert "high" in program("check", *only, *ended, "Dockerfile").out


def test_an_argument_without_a_value_has_that_of_the_environment(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, Dockerfile="ARG BASE=python:3.12.7\nFROM $BASE\nUSER 10001\n")
    assert "2 unpinned-image" not in told(program, "--build-arg", "BASE")
    monkeypatch.setenv("BASE", "python")
    assert "2 unpinned-image" in told(program, "--build-arg", "BASE")


def test_a_default_that_is_no_name_is_told_of_whatever_is_given(
    program: Program, here: Path
) -> None:
    write(here, Dockerfile='ARG SUFFIX="box:"\nFROM busy${SUFFIX}\nUSER 10001\n')
    only = ("--only", "invalid-default-image", "--format", "concise")
    given = program("check", *only, "--build-arg", "SUFFIX=box:1.36", "Dockerfile").out
    assert "without `--build-arg SUFFIX=…` this is `busybox:`" in given
    other = program("check", *only, "--build-arg", "OTHER=box:1.36", "Dockerfile").out
    assert "invalid-default-image" not in other


def test_the_last_stage_is_built_by_default(program: Program, here: Path) -> None:
    write(here, Dockerfile=STAGES)
    assert told(program) == ["2 unused-stage", "5 unused-stage", "8 root-user"]


def test_a_target_is_what_is_built_and_what_it_does_not_need_is_left_out(
    program: Program, here: Path
) -> None:
    write(here, Dockerfile=STAGES)
    server = ["5 root-user", "6 shell-form-entrypoint"]
    assert told(program, "--target", "server") == server
    assert told(program, "--target", "SERVER") == server
    assert told(program, "--target", "1") == server
    given = told(program, "--target", "server", "--build-arg", "BASE=python")
    assert given == [server[0], "5 unpinned-image", server[1]]


def test_a_target_that_is_not_there_is_incomplete(program: Program, here: Path) -> None:
    write(here, Dockerfile=STAGES)
    answer = program("check", *ONLY, "--target", "serve", "Dockerfile")
    assert answer.code == 3
    assert "it has no stage `serve`, which `--target` asks for" in answer.out + answer.err
    write(here, Dockerfile="FROM debian:12.7\n")
    assert program("check", *ONLY, "--target", "serve", "Dockerfile").code == 3


def test_other_files_are_judged_as_ever(program: Program, here: Path) -> None:
    write(here, Dockerfile=STAGES, requirements_txt="--trusted-host a.example.com\n")
    options = ("--policy", "recommended", "--only", "tls-verification-off", "--target", "server")
    assert program("check", *options, "requirements.txt").code == 1


def test_a_secret_is_never_shown(program: Program, here: Path) -> None:
    write(here, Dockerfile="ARG BASE\nARG TOKEN\nFROM $BASE\nARG TOKEN\nRUN fetch $TOKEN\n")
    key, word = "hf_" + "b" * 34, "correct-horse-battery"
    options = ("--build-arg", f"BASE={key}", "--build-arg", f"TOKEN={word}")
    answer = program("check", "--policy", "strict", *options, "Dockerfile")
    assert answer.code == 1
    assert key not in answer.out + answer.err
    assert word not in answer.out + answer.err
    assert "the build argument `TOKEN` stays in the history" in answer.out


def test_an_argument_has_a_name(program: Program, here: Path) -> None:
    write(here, Dockerfile=STAGES)
    answer = program("check", "--build-arg", "=python", "Dockerfile")
    assert answer.code == 2
    assert "--build-arg: an argument has no name" in answer.err
