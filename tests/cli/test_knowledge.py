from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint.knowledge.inventory import tables

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
