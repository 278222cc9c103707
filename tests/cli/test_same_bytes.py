"""Same input, same bytes of output: whatever the number of processes and the cache."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from imagelint.rules import catalog
from imagelint.run.examiner import Examiner
from imagelint.run.files import WORTH_A_PROCESS
from tests.cli.projects import GOOD, LOW, POD, ROOT, policy, write

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.documents.dockerfile import model
    from imagelint.rules.api import Context, Findings
    from tests.conftest import Program

TEXTS = (GOOD, ROOT, LOW, "FROM a\nFROM b\n", "", "RUN <<EOF\n", "FROM python:latest\nADD . /\n")
CHECK = ("check", "--policy", "strict", "--format", "json", "--format", "text=report.txt")


@pytest.fixture
def many(here: Path) -> Path:
    """More files than one process examines."""
    for number in range(13 * WORTH_A_PROCESS):
        text = TEXTS[number % len(TEXTS)]
        write(here, **{f"d{number}__Dockerfile": f"# file {number}\n{text}"})
    write(here, pod_yaml=POD, _dockerignore=".git\n", requirements_txt="torch\n")
    (here / "Dockerfile.bin").write_bytes(b"\0")
    return here


def said(program: Program, folder: Path, *arguments: str) -> tuple[int, str, bytes]:
    answer = program(*CHECK, *arguments)
    return answer.code, answer.out, (folder / "report.txt").read_bytes()


def test_processes_and_cache_change_nothing(program: Program, many: Path) -> None:
    first = said(program, many, "--no-cache", "--jobs", "1")
    assert first[0] == 1
    assert said(program, many, "--no-cache", "--jobs", "3") == first
    assert said(program, many, "--jobs", "2") == first
    assert (many.parent / "cache/imagelint/results.sqlite").exists()
    assert said(program, many, "--jobs", "2") == first
    assert said(program, many) == first


def test_the_order_of_the_paths_changes_nothing(program: Program, many: Path) -> None:
    folders = sorted(path.name for path in many.iterdir() if path.is_dir())[:40]
    first = said(program, many, *folders)
    assert said(program, many, *reversed(folders), folders[0]) == first


def test_a_warm_run_examines_only_what_changed(
    program: Program, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(program, many, "--jobs", "1")
    examined: list[str] = []
    original = Examiner._file

    def file(self: Examiner, found: object) -> object:
        examined.append(getattr(found, "origin", ""))
        return original(self, found)  # type: ignore[arg-type] # a spy

    monkeypatch.setattr(Examiner, "_file", file)
    write(many, d7__Dockerfile=ROOT)
    said(program, many, "--jobs", "1")
    # What had problems is examined again; so is what the whole project bears on.
    assert "d7/Dockerfile" in examined
    assert "Dockerfile.bin" in examined
    assert len(examined) < 10


def test_a_dependency_that_changes_is_noticed(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD.replace("app.py /srv/app.py", ". /srv"), _dockerignore=".git\n.env")
    check = ("check", "--policy", "strict", "--fail-on", "info")
    before = program(*check)
    assert "whole-context-copied" not in before.out
    (here / ".dockerignore").unlink()
    without = program(*check)
    assert "whole-context-copied" in without.out
    assert program(*check) == without
    assert program(*check, "--no-cache") == without
    write(here, _dockerignore=".git\n.env")
    assert program(*check) == before


def test_a_policy_that_changes_is_noticed(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    for level, code in (("low", 0), ("high", 1), ("off", 0), ("critical", 1)):
        (here / ".imagelint.yaml").write_text(policy(f"rules: {{root-user: {level}}}"))
        assert program("check").code == code
        assert program("check").code == code


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that takes the whole process with it, in some files, but never this one."""
    this = os.getpid()
    load = catalog.load
    rule = load("root-user")

    def die(stage: model.Stage, ctx: Context) -> Findings:
        if ctx.source.origin == "d8/Dockerfile" and os.getpid() != this:
            os._exit(9)
        yield from rule.check(stage, ctx)

    monkeypatch.setattr(
        catalog, "load", lambda name: rule._replace(check=die) if name == rule.name else load(name)
    )


@pytest.mark.usefixtures("deadly")
def test_a_process_that_dies_costs_one_file(program: Program, many: Path) -> None:
    answer = program("check", "--policy", "recommended", "--jobs", "2", "--no-cache", "--verbose")
    assert answer.code == 4
    assert answer.out.count("the process that examined it died") == 1
    assert "d8/Dockerfile" in answer.out
    assert "d1/Dockerfile:2:6" in answer.out
    assert "d253/Dockerfile:2" in answer.out


def test_a_wrong_policy_stops_a_spread_run_too(program: Program, many: Path) -> None:
    (many / "d9/.imagelint.yaml").write_text("rulez: {}\n")
    assert program("check", "--jobs", "2").code == 2


def test_a_cache_that_cannot_be_written_is_done_without(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, Dockerfile=ROOT)
    (here / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(here / "file"))
    assert program("check", "--policy", "recommended").code == 1
