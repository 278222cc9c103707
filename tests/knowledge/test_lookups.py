from __future__ import annotations

import ast
from pathlib import Path

import pytest

import imagelint
from imagelint.knowledge.tables import (
    consulted,
    fresh_lookups,
    hold,
    looked_up,
    table,
    uncounted,
)
from tests.knowledge.site.facts import facts

ROOT = Path(imagelint.__file__).parent
CACHES = {"cache", "lru_cache"}
# They remember nothing of what a policy can extend.
FIXED = {
    "knowledge/versions.py",
    "knowledge/kubernetes/fields.py",
    "documents/kubernetes/constraints/rules.py",
    "documents/kubernetes/pods/privileges.py",
    "documents/promql/languages.py",
    "documents/promql/query.py",
    "documents/queries/start/flags.py",
    "documents/secrets/names.py",
    "documents/secrets/values.py",
}


def remembers(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "functools"
        and not CACHES.isdisjoint(one.name for one in node.names)
        for node in ast.walk(tree)
    )


def asks_tables(path: Path) -> bool:
    return "imagelint.knowledge." in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["knowledge", "documents", "deployment", "rules", "custom"])
def test_who_reads_tables_remembers_no_longer_than_they_hold(folder: str) -> None:
    paths = [path for path in (ROOT / folder).rglob("*.py") if "compiled" not in path.parts]
    found = {
        path.relative_to(ROOT).as_posix() for path in paths if remembers(path) and asks_tables(path)
    }
    assert found - FIXED == set(), "take `knowledge.tables.looked_up`"


def test_an_answer_is_remembered_until_other_facts_hold() -> None:
    asked = []

    @looked_up
    def ask(word: str) -> str:
        asked.append(word)
        return word.upper()

    assert [ask("a"), ask("a"), ask("b")] == ["A", "A", "B"]
    assert asked == ["a", "b"]
    hold((facts("gpus"),))
    assert ask("a") == "A"
    hold((facts("gpus"),))
    assert ask("a") == "A"
    assert asked == ["a", "b", "a"]


def test_what_is_remembered_tells_where_it_was_looked_up() -> None:
    @looked_up
    def inner() -> int:
        return len(table("gpus")["products"])

    @looked_up
    def outer() -> int:
        return inner() + len(table("models")["media"])

    seen = []
    for _ in range(2):
        names = fresh_lookups()
        outer()
        seen.append({*names})
    assert seen == [{"gpus", "models"}] * 2
    names = fresh_lookups()
    inner()
    consulted("mirrors")
    uncounted(outer)
    assert names == {"gpus", "mirrors"}


def test_an_error_leaves_the_lookups_in_order() -> None:
    @looked_up
    def fail() -> None:
        table("gpus")
        raise ValueError

    names = fresh_lookups()
    with pytest.raises(ValueError, match=r"^$"):
        fail()
    table("models")
    assert names == {"gpus", "models"}
