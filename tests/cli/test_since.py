from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.projects import write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

TWO = "FROM debian:12.7\nRUN apt-get update && apt-get install -y git\n"
CHECK = ("check", "--policy", "strict", "--format", "json")


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def committed(here: Path) -> Path:
    write(here, Dockerfile=TWO, other__Dockerfile="FROM debian\n", gone__Dockerfile=TWO)
    git(here, "init", "-q")
    git(here, "add", "-A")
    git(here, "commit", "-q", "-m", "first")
    return here


def rules(program: Program, *arguments: str) -> list[tuple[str, str]]:
    told = json.loads(program(*CHECK, *arguments).out)
    return [(each["location"]["origin"], each["rule"]) for each in told["findings"]]


@pytest.mark.usefixtures("committed")
def test_without_a_change_nothing_is_new(program: Program) -> None:
    assert rules(program) != []
    assert rules(program, "--since", "HEAD") == []
    answer = program("check", "--policy", "strict", "--since", "HEAD")
    assert answer.code == 0
    assert "was there at HEAD (" in answer.out or "allowed" in answer.out


def test_only_what_the_change_brings_is_told(program: Program, committed: Path) -> None:
    before = rules(program)
    changed = f"# a line more\n\n{TWO}ENV API_KEY=abcdefghijk123\n"
    write(committed, Dockerfile=changed, new__Dockerfile="FROM debian:latest\nUSER 1000\n")
    (committed / "gone" / "Dockerfile").unlink()
    assert rules(program, "--since", "HEAD") == [
        ("Dockerfile", "secret-in-build"),
        ("new/Dockerfile", "unpinned-image"),
    ]
    assert program("check", "--policy", "strict", "--since", "HEAD").code == 1
    assert len(rules(program)) == len(before) - 5 + 2


def test_what_is_written_once_more_is_new(program: Program, committed: Path) -> None:
    write(committed, Dockerfile=f"{TWO}RUN apt-get update && apt-get install -y git\n")
    assert ("Dockerfile", "apt-recommends") in rules(program, "--since", "HEAD")


def test_what_a_neighbour_changes_is_new(program: Program, committed: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: llm}\nspec:\n  containers:\n"
    pod += (
        "    - {name: a, image: 'vllm/vllm-openai:v0.9.0', command: [sh, -c, 'vllm serve a/b']}\n"
    )
    write(committed, pod_yaml=pod)
    git(committed, "add", "-A")
    git(committed, "commit", "-q", "-m", "second")
    assert rules(program, "--since", "HEAD") == []
    write(committed, pod_yaml=pod.replace("{name: llm}", "{name: llm, namespace: x}"))
    assert rules(program, "--since", "HEAD~1") != []


def test_an_empty_new_file_is_judged(program: Program, committed: Path) -> None:
    write(committed, empty__Dockerfile="")
    assert rules(program, "--since", "HEAD") == [("empty/Dockerfile", "empty-dockerfile")]


@pytest.mark.usefixtures("committed")
def test_what_is_no_commit_is_wrong_usage(program: Program) -> None:
    answer = program("check", "--since", "nothing")
    assert answer.code == 2
    assert answer.err.startswith("error: --since: there is no commit `nothing` in this repository")
    typed = program("check", "--since", "HEAD", "-", "--stdin-filename", "Dockerfile", stdin=b"a")
    assert typed.code == 2
    assert "not about standard input" in typed.err
