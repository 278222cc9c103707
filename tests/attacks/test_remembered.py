"""What is remembered of one run is never the answer to another question."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.projects import DIGEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Program

FROM = f"FROM python:3.12.7-slim-bookworm@{DIGEST}\n"
END = 'USER 10001\nHEALTHCHECK NONE\nENTRYPOINT ["/a"]\n'
PIPE = "curl -sSL https://example.com/i.sh | sh"
SERVICE = "services:\n  a:\n    image: r.example.com/a/b:1@" + DIGEST + "\n"
BAD = f"{FROM}RUN {PIPE}\n{END}"
Files = dict[str, str | None]
CHANGES: dict[str, tuple[Files, Files, str]] = {
    "the script that it runs": (
        {"Dockerfile": f"{FROM}COPY x.sh /x.sh\nRUN sh /x.sh\n{END}", "x.sh": "true\n"},
        {"x.sh": f"{PIPE}\n"},
        "curl-pipe-shell",
    ),
    "that there is a script": (
        {"Dockerfile": f"{FROM}COPY x.sh /x.sh\nRUN sh /x.sh\n{END}"},
        {"x.sh": f"{PIPE}\n"},
        "curl-pipe-shell",
    ),
    "a variable beside it": (
        {"compose.yaml": f"{SERVICE}    privileged: ${{P:-false}}\n"},
        {".env": "P=true\n"},
        "privileged-container",
    ),
    "a file that is laid over it": (
        {"compose.yaml": SERVICE},
        {"compose.override.yaml": "services: {a: {privileged: true}}\n"},
        "privileged-container",
    ),
    "a file that it extends": (
        {"compose.yaml": "services: {a: {extends: {file: y.yml, service: a}}}\n", "y.yml": SERVICE},
        {"y.yml": f"{SERVICE}    privileged: true\n"},
        "privileged-container",
    ),
    "a rule of the policy": (
        {
            "Dockerfile": BAD,
            ".imagelint.yaml": "extends: [strict]\nrules: {curl-pipe-shell: off}\n",
        },
        {".imagelint.yaml": "extends: [strict]\n"},
        "curl-pipe-shell",
    ),
    "an ignore file that is gone": (
        {"Dockerfile": f"{FROM}COPY . /x\n{END}", ".dockerignore": ".git\n.env\n*.pem\n"},
        {".dockerignore": None},
        "whole-context-copied",
    ),
    "the requirements that it installs": (
        {
            "Dockerfile": f"{FROM}COPY requirements.txt /r\nRUN pip install -r /r\n{END}",
            "requirements.txt": "a==1\n",
        },
        {"requirements.txt": "a\n"},
        "unpinned-requirement",
    ),
}


def found(program: Program, here: Path) -> set[str]:
    policy = () if (here / ".imagelint.yaml").exists() else ("--policy", "strict")
    report = json.loads(program("check", *policy, "--format", "json").out)
    return {finding["rule"] for finding in report["findings"]}


def put(here: Path, files: Files) -> None:
    for name, text in files.items():
        if text is None:
            (here / name).unlink()
        else:
            (here / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_is_seen(program: Program, here: Path, what: str) -> None:
    before, after, rule = CHANGES[what]
    put(here, before)
    assert rule not in found(program, here)
    put(here, after)
    assert rule in found(program, here)


def _open_to_all(folder: Path) -> None:
    with sqlite3.connect(folder / "results.sqlite") as connection:
        connection.execute("UPDATE results SET value = '[{\"findings\":[]},[]]'")
    folder.chmod(0o777)


def _garbage(folder: Path) -> None:
    (folder / "results.sqlite").write_bytes(b"x" * 5_000)


def _link(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    (folder.parent / "victim").write_text("precious", encoding="utf-8")
    (folder / "results.sqlite").symlink_to("../victim")


def _other_table(folder: Path) -> None:
    with sqlite3.connect(folder / "results.sqlite") as connection:
        connection.execute("DROP TABLE results")
        connection.execute("CREATE VIEW results AS SELECT 'a' key, 'b' value, 1 used")


@pytest.mark.parametrize("plant", [_open_to_all, _garbage, _link, _other_table])
def test_what_others_put_there_is_no_answer(
    program: Program, here: Path, plant: Callable[[Path], None]
) -> None:
    put(here, {"Dockerfile": BAD})
    assert "curl-pipe-shell" in found(program, here)
    plant(Path(os.environ["XDG_CACHE_HOME"]) / "imagelint")
    assert "curl-pipe-shell" in found(program, here)
