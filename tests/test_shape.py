"""The limits on the size and shape of code, and what may not stand in it."""

from __future__ import annotations

import ast
import io
import statistics
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import imagelint

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(imagelint.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
GENERATED = {
    ROOT / "policy" / "builtin.py",
    ROOT / "rules" / "table.py",
    *(ROOT / "knowledge" / "compiled").glob("*.py"),
    # Alembic writes them.
    *(ROOT / "store" / "migrations" / "versions").glob("*.py"),
}
NEVER_NAMES = {"utils", "util", "common", "helpers", "helper", "misc", "manager", "managers"}
# Where rules of different subjects meet, and at the edge of JSON, TOML and SQL.
MAY_SAY_ANY = (
    "rules/api.py",
    "rules/rule.py",
    "custom/functions.py",
    "custom/subject.py",
    "run/changes/reports.py",
    "run/serialize.py",
    "documents/image/jsonview.py",
    "knowledge/",
    "policy/options.py",
    "policy/schema.py",
    "policy/validate.py",
    "policy/check.py",
    "policy/custom/schema.py",
    "policy/schemas/",
    "cli/options/formats.py",
    "reporters/json.py",
    "reporters/sarif",
    "store/",
    "testing/",
)


class Function(NamedTuple):
    """A function, its place and how many lines it has without its docstring."""

    place: str
    lines: int


def functions(path: Path) -> Iterator[Function]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0]
            doc = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) else 0
            lines = (node.end_lineno or 0) - node.lineno + 1 - doc
            yield Function(f"{path}:{node.lineno} {node.name}", lines)


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def percentile(values: list[int], share: float) -> int:
    return sorted(values)[int(share * (len(values) - 1))]


ALL = [function for path in MODULES for function in functions(path)]
HAND_WRITTEN = [path for path in MODULES if path not in GENERATED]


def test_no_function_is_long() -> None:
    assert [function for function in ALL if function.lines > 50] == []


def test_most_functions_are_short() -> None:
    lengths = [function.lines for function in ALL]
    assert statistics.median(lengths) <= 8
    assert percentile(lengths, 0.9) <= 25


def test_many_values_have_names() -> None:
    """Of seven values in a row nobody can tell whether two have been swapped."""
    unnamed = [
        f"{path}:{node.lineno}"
        for path in HAND_WRITTEN
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and len(node.args) > 6
    ]
    assert unnamed == []


def test_no_folder_is_crowded() -> None:
    crowded = {}
    for folder in {path.parent for path in HAND_WRITTEN}:
        count = len(list(folder.glob("*.py")))
        if count > 20 and folder.relative_to(ROOT).parts[:1] != ("rules",):
            crowded[folder.relative_to(ROOT).as_posix()] = count
    # One file per command, and one per format with its parts.
    assert set(crowded) <= {"cli", "reporters"}


def test_no_module_is_long() -> None:
    assert {str(path): length(path) for path in HAND_WRITTEN if length(path) > 400} == {}


def test_most_modules_are_short() -> None:
    assert statistics.median(length(path) for path in HAND_WRITTEN) <= 120


def test_rules_are_short() -> None:
    lengths = []
    for path in (ROOT / "rules").glob("*/*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = sum(
            node.body[0].end_lineno - node.body[0].lineno + 1
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and ast.get_docstring(node)
            if node.body[0].end_lineno is not None
        )
        lengths.append(length(path) - docs)
    assert percentile(lengths, 0.9) <= 60


def test_the_vocabulary_of_rules_is_short() -> None:
    assert length(ROOT / "rules" / "api.py") < 130


def test_commands_are_short() -> None:
    paths = (ROOT / "cli").rglob("*.py")
    assert {str(path): length(path) for path in paths if length(path) > 80} == {}


def test_no_module_or_folder_has_an_empty_name() -> None:
    names = {part.removesuffix(".py") for path in MODULES for part in path.relative_to(ROOT).parts}
    assert names & NEVER_NAMES == set()


def test_comments_keep_no_promises() -> None:
    promises = ("TODO", "FIXME", "XXX", "pragma: no cover")
    texts = ((path, path.read_text(encoding="utf-8")) for path in MODULES)
    kept = [
        f"{path}:{token.start[0]} {token.string}"
        for path, text in texts
        if any(word in text for word in promises)
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
        if any(word in token.string for word in promises)
    ]
    assert kept == []


def test_any_is_said_only_at_the_edges() -> None:
    said = [
        f"{path}:{node.lineno}"
        for path in MODULES
        if not path.relative_to(ROOT).as_posix().startswith(MAY_SAY_ANY)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id == "Any"
    ]
    assert said == []
