from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.rules import catalog
from tests.cli.projects import policy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program


def test_all_rules_are_listed_by_family(program: Program) -> None:
    answer = program("rules")
    assert answer.code == 0
    lines = answer.out.splitlines()
    families = [line for line in lines if line and not line.startswith(" ")]
    assert families == sorted({catalog.family(name) for name in catalog.names()})
    assert sorted(line.split()[0] for line in lines if line.startswith("  ")) == list(
        catalog.names()
    )


def test_the_list_tells_the_level_that_holds_here(program: Program, here: Path) -> None:
    (here / ".imagelint.yaml").write_text(
        policy("rules: {root-user: low, seccomp-profile-missing: on}", "[]")
    )
    rows = {row["name"]: row for row in json.loads(program("rules", "--json").out)}
    references = rows["root-user"].pop("references")
    assert "hadolint DL3002" in references
    assert program("rules", "--format", "json").out == program("rules", "--json").out
    assert rows["root-user"] == {
        "name": "root-user",
        "family": "images",
        "level": "low",
        "confidence": "certain",
        "summary": "The container would run as root.",
    }
    name = "seccomp-profile-missing"
    assert rows[name]["level"] == str(catalog.load(name).severity)
    assert rows["unpinned-image"]["level"] == "off"
    assert set(rows) == set(catalog.names())


def test_a_rule_is_explained_by_its_name(program: Program) -> None:
    answer = program("explain", "root-user")
    assert answer.code == 0
    assert answer.out.startswith("root-user\n\nThe container would run as root.\n")
    for words in ("Bad, Dockerfile", "Good, Dockerfile", "\n    FROM ", "\nThe same"):
        assert words in answer.out


@pytest.mark.parametrize("name", ["DL3002", "hadolint DL3002", "dl3002", "ROOT-USER"])
def test_a_rule_is_explained_by_the_id_of_another_tool(program: Program, name: str) -> None:
    assert program("explain", name).out == program("explain", "root-user").out


def test_what_several_rules_answer_to_is_explained_by_all(program: Program) -> None:
    answer = program("explain", "DL1000")
    assert len(catalog.find("DL1000")) > 1
    for name in catalog.find("DL1000"):
        assert f"{name}\n\n" in answer.out


def test_options_are_explained(program: Program) -> None:
    answer = program("explain", "unpinned-image")
    assert "\nOptions\n" in answer.out
    assert "(default " in answer.out


@pytest.mark.parametrize("name", catalog.names())
def test_every_rule_can_be_explained(program: Program, name: str) -> None:
    answer = program("explain", name)
    assert (answer.code, answer.err) == (0, "")
    assert f"{name}\n\n" in answer.out
