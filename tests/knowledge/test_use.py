from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from imagelint.knowledge.inventory import tables
from imagelint.knowledge.tables import module_of

ROOT = Path(__file__).parents[2] / "imagelint"
# What says how a table came about is for its reader.
ABOUT = {"asof", "stale_after", "source"}
# Engines and operators are looked up by their names.
BY_NAME = ("engines/", "operators/")
# What only lists tables reads all of them.
LISTING = {"inventory"}
NAMES = [one.name for one in tables() if not one.name.startswith(BY_NAME)]


@cache
def texts() -> dict[str, str]:
    """The modules by name, without the compiled tables."""
    found = (path for path in ROOT.rglob("*.py") if "compiled" not in path.parts)
    named = {str(path.relative_to(ROOT.parent).with_suffix("")): path for path in found}
    return {
        name.replace("/", ".").removesuffix(".__init__"): path.read_text(encoding="utf-8")
        for name, path in named.items()
    }


@cache
def readers(table: str) -> dict[str, str]:
    """The modules that read a table."""
    called = re.compile(rf"table\(\s*\"{re.escape(table)}\"\s*\)")
    return {name: text for name, text in texts().items() if called.search(text)}


def users(module: str) -> list[str]:
    """The modules that import something of a module, beyond those that list tables."""
    imported = re.compile(rf"(?:from|import) {re.escape(module)}\b")
    return [
        name
        for name, text in texts().items()
        if name != module and imported.search(text) and "inventory" not in name
    ]


def asked(module: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a module is outside of knowledge, or something there asks it, if through others."""
    if not module.startswith("imagelint.knowledge."):
        return True
    return any(name not in seen and asked(name, seen | {module}) for name in users(module))


@pytest.mark.parametrize("table", NAMES)
def test_somebody_asks_every_table(table: str) -> None:
    assert any(asked(module) for module in readers(table))


@pytest.mark.parametrize("table", NAMES)
def test_every_part_of_a_table_is_read_and_filled(table: str) -> None:
    held = import_module(f"imagelint.knowledge.compiled.{module_of(table)}").TABLE
    text = "\n".join(readers(table).values())
    parts = held.keys() - ABOUT
    assert [part for part in parts if f'"{part}"' not in text] == []
    assert [part for part in parts if held[part] in ([], {}, "", None)] == []


def test_no_reader_asks_for_a_table_that_nobody_fills() -> None:
    asked_for = {
        name
        for module, text in texts().items()
        for name in re.findall(r"\btable\(\s*\"([^\"]+)\"\s*\)", text)
    }
    there = {one.name for one in tables()} | LISTING
    assert {name for name in asked_for - there if not name.endswith("/index")} == set()
