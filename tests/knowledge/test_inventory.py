from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import imagelint
from imagelint.knowledge.inventory import DatedTable, search, tables

ROOT = Path(imagelint.__file__).parent
# What is looked up where there is nothing that rules could judge.
ASKED_BEFORE = frozenset(("containers/scanners", "signals"))
DAY = re.compile(r"20\d{2}-\d{2}-\d{2}")
# Of their tables an index is made, which is asked.
INDEXED = {"engines", "operators"}
# What asks tables on behalf of users, and not of rules.
ASKED_BY_COMMANDS = {"inventory"}


class Asking(NamedTuple):
    """What a module imports, wherever that is done, and the tables that it asks for."""

    imports: tuple[str, ...]
    tables: frozenset[str]


def asking(path: Path) -> Asking:
    imported: list[str] = []
    asked: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            imported.append(node.module)
            imported += [f"{node.module}.{one.name}" for one in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "table":
            asked |= {str(one.value) for one in node.args if isinstance(one, ast.Constant)}
    return Asking(tuple(imported), frozenset(asked))


@cache
def modules() -> dict[str, Asking]:
    """All modules of the program that are written by hand, by name."""
    paths = (path for path in ROOT.rglob("*.py") if path.parent.name != "compiled")
    return {
        ".".join(("imagelint", *path.relative_to(ROOT).with_suffix("").parts)): asking(path)
        for path in paths
    }


@cache
def reached_by_rules() -> frozenset[str]:
    """The modules that rules import, or that what they import imports."""
    found: set[str] = set()
    waiting = [name for name in modules() if name.startswith("imagelint.rules.")]
    while waiting:
        name = waiting.pop()
        if name not in found and name in modules():
            found.add(name)
            waiting += modules()[name].imports
    return frozenset(found)


def readers(table: str) -> set[str]:
    """The modules that ask for a table by its name."""
    return {name for name, module in modules().items() if table in module.tables}


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_every_table_says_how_old_it_is_and_where_it_was_read(table: DatedTable) -> None:
    assert DAY.fullmatch(table.asof)
    assert 7 <= table.stale_after <= 366
    assert len(table.source) > 5


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_every_table_is_read_by_a_rule(table: DatedTable) -> None:
    if table.name in ASKED_BEFORE:
        assert readers(table.name)
        return
    folder = table.name.partition("/")[0]
    asked = f"{folder}/index" if folder in INDEXED else table.name
    assert readers(asked) & reached_by_rules()


def test_every_table_that_is_asked_for_is_there() -> None:
    known = {one.name for one in tables()} | {"engines/index", "operators/index"}
    asked = {name for module in modules().values() for name in module.tables}
    assert asked <= known | ASKED_BY_COMMANDS


def test_a_table_is_stale_behind_its_time() -> None:
    table = DatedTable("gpus", "2026-01-01", 30, "somewhere")
    assert not table.is_stale("2026-01-31")
    assert table.is_stale("2026-02-01")


def test_no_table_is_dated_into_the_future() -> None:
    today = datetime.now(UTC).date().isoformat()
    assert [one.name for one in tables() if one.asof > today] == []


def test_a_search_finds_rows_by_a_word_in_them() -> None:
    found = {(one.table, one.place) for one in search("cve-2025-32434")}
    assert any(table == "advisories" for table, _ in found)
    assert list(search("no such word anywhere")) == []


def test_a_search_knows_operators_and_engines() -> None:
    assert any(one.table == "engines/vllm" for one in search("gpu-memory-utilization"))
    assert any(one.table == "operators/index" for one in search("LeaderWorkerSet"))
