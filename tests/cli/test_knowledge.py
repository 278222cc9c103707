from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from imagelint.core.errors import PolicyError
from imagelint.core.source import Source
from imagelint.knowledge.inventory import tables
from imagelint.policy.site.load import site_facts
from imagelint.policy.site.schema import written_knowledge_schema
from imagelint.policy.text import read_text
from tests.cli.projects import write
from tests.knowledge.site.facts import SITE

if TYPE_CHECKING:
    from tests.conftest import Program


def test_all_tables_are_listed_with_their_day(program: Program) -> None:
    answer = program("knowledge")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert [line.split()[:2] for line in lines] == [[one.name, one.asof] for one in tables()]


def test_the_list_says_as_json_what_is_stale(program: Program) -> None:
    rows = json.loads(program("knowledge", "--json").out)
    assert {row["name"] for row in rows} == {one.name for one in tables()}
    assert {type(row["stale"]) for row in rows} == {bool}


def test_a_word_is_looked_up_in_all_tables(program: Program) -> None:
    answer = program("knowledge", "cve-2025-23266")
    assert answer.code == 0
    assert "advisories: entries[" in answer.out
    assert "nvidia-container-toolkit" in answer.out
    rows = json.loads(program("knowledge", "CVE-2025-23266", "--json").out)
    assert {row["table"] for row in rows} == {"advisories"}


def test_what_is_not_known_is_said(program: Program) -> None:
    assert program("knowledge", "no such word").out == "nothing is known of it\n"


def test_a_word_that_is_a_command_is_looked_up_behind_dashes(program: Program) -> None:
    assert "checkpoint" in program("knowledge", "--", "check").out
    assert program("knowledge", "find", "H200").out == program("knowledge", "H200").out
    assert program("knowledge", "check").code == 2


def test_the_tables_of_the_policy_are_listed_and_searched(here: Path, program: Program) -> None:
    write(here, _imagelint_yaml="knowledge: [site.yaml]\n", site_yaml=SITE)
    *_, last = program("knowledge").out.splitlines()
    assert last.split() == ["site.yaml:", "node-labels", "2026-11-20", "wiki.example.com/gpus"]
    found = program("knowledge", "ACME-X200").out
    assert found.startswith("site.yaml: gpus: [0]: ")
    rows = json.loads(program("knowledge", "--json").out)
    assert {row["stale_after"] for row in rows if row["name"].startswith("site.yaml")} == {90}
    assert "ACME" not in program("knowledge", "acme-x200", "--policy", "baseline").out


def test_files_of_facts_are_checked(here: Path, program: Program) -> None:
    write(here, site_yaml=SITE, bad_yaml="gpus: [{}]\n", empty_yaml="asof: 2026-01-01\n")
    answer = program("knowledge", "check", "site.yaml", "empty.yaml")
    assert answer.code == 0
    counts = "gpus 1, engines 4, mirrors 2, base-images 2, operators 3, models 2, node-labels 1"
    assert answer.out.splitlines() == [
        f"site.yaml: valid, {counts}",
        "  engines: `tgi` overrides what is known of it",
        "empty.yaml: valid, nothing in it",
    ]
    answer = program("knowledge", "check", "site.yaml", "bad.yaml", "gone.yaml")
    assert answer.code == 2
    assert answer.out.startswith("site.yaml: valid")
    assert "bad.yaml:1:8" in answer.err
    assert "gone.yaml" in answer.err
    assert "cannot be read" in answer.err


def test_the_schema_is_the_published_one(program: Program) -> None:
    published = Path(__file__).parents[2] / "docs" / "schemas" / "knowledge-1.json"
    assert program("knowledge", "schema").out == published.read_text(encoding="utf-8")


def test_the_published_schema_takes_what_the_loader_takes() -> None:
    schema = json.loads(written_knowledge_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert [*validator.iter_errors(json_of(SITE))] == []
    for wrong in ("gpus: [{}]", "gpu: []", "mirrors: {}", "models: [{name: A}]"):
        assert [*validator.iter_errors(json_of(wrong))]
        with pytest.raises(PolicyError):
            site_facts(Source("site.yaml", wrong))


def json_of(text: str) -> object:
    """A text of YAML as JSON has it."""
    return json.loads(json.dumps(read_text(Source("site.yaml", text)).data))
