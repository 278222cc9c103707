from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree, rmtree
from typing import TYPE_CHECKING

import pytest

from imagelint.store.database import Store
from imagelint.store.promotions import VerdictRecord, write_verdict

if TYPE_CHECKING:
    from tests.conftest import Answer, Program

EXAMPLE = Path(__file__).parents[2] / "testdata" / "examples" / "promotion"
NAME = "registry.example.com/chat"
FIRST, SECOND = ("sha256:" + digit * 64 for digit in "12")


@pytest.fixture
def kept(program: Program, here: Path) -> Program:
    """The first tag is evaluated and promoted; then another one is."""
    copytree(EXAMPLE, here, dirs_exist_ok=True)
    plan = here / "imagelint-eval.yaml"
    first = program("evaluate", "previous", "--first", *image(FIRST))
    assert first.code == 0, first.out + first.err
    with Store.open("kept.db") as store:
        said = VerdictRecord(NAME, "v1", FIRST, "pass", "sha256:p", "{}")
        write_verdict(store, said, "2026-01-01T00:00:00Z")
    plan.write_text(plan.read_text(encoding="utf-8").replace(FIRST, SECOND), encoding="utf-8")
    return program


def image(digest: str) -> tuple[str, ...]:
    return ("--image", f"{NAME}:v{digest[-1]}@{digest}", "--store", "kept.db", "--format", "json")


def dimension(answer: Answer, name: str = "accuracy") -> str:
    told = {one["name"]: one["value"] for one in json.loads(answer.out)["evidence"]}
    return str(told[f"dimension {name}"])


def test_the_previous_tag_is_the_one_that_was_promoted(kept: Program) -> None:
    answer = kept("evaluate", "candidate", *image(SECOND))
    assert answer.code == 0, answer.out
    assert "exact McNemar test" in dimension(answer)
    assert kept("evaluate", "regressed", *image(SECOND)).code == 1


def test_where_its_files_are_gone_its_means_are_left(kept: Program, here: Path) -> None:
    rmtree(here / "previous")
    answer = kept("evaluate", "candidate", *image(SECOND))
    assert "without samples of both" in dimension(answer)
    assert kept("evaluate", "regressed", *image(SECOND)).code == 1


def test_what_is_kept_is_shown_tag_by_tag(kept: Program) -> None:
    kept("evaluate", "candidate", *image(SECOND))
    shown = kept("history", NAME, "--store", "kept.db")
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert lines[1].split()[1:5] == ["v1", "1" * 12, "pass", "2026-01-01T00:00:00Z"]
    assert lines[2].split()[1:5] == ["v2", "2" * 12, "pass", "-"]
    assert "0.88 is demanded" in shown.out
    told = json.loads(kept("history", f"{NAME}:v2", "--store", "kept.db", "--json").out)
    assert [one["tag"] for one in told] == ["v2"]


def test_what_nobody_knows_is_incomplete(kept: Program) -> None:
    assert kept("history", "registry.example.com/other", "--store", "kept.db").code == 3
    assert kept("history", NAME, "--store", "none.db").code == 2
    assert "no image with a name" in kept("history", "A b", "--store", "kept.db").err
    unnamed = kept("evaluate", "candidate", "--image", SECOND, "--store", "kept.db")
    assert (unnamed.code, "--image NAME:TAG" in unnamed.err) == (2, True)
