"""Who may import whom, and which module alone may touch what of the world."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import imagelint

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(imagelint.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))

# Prefixes below `imagelint.`; a package may always import itself and the package's version.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "core": (),
    "knowledge": ("core",),
    "documents": ("core", "knowledge"),
    "rules.rule": ("core",),
    "rules.context": (
        "core",
        "documents.base",
        "documents.locate",
        "documents.project",
        "rules.rule",
    ),
    "rules.api": ("core", "rules.context", "rules.rule"),
    "rules.entry": (),
    "rules.table": ("rules.entry",),
    "rules.catalog": ("rules.entry", "rules.rule", "rules.table"),
    "rules.compile": ("rules.catalog", "rules.rule"),
    "rules.families": ("rules.catalog",),
    "rules.documentation": ("core",),
    "rules": ("rules.api", "core", "documents", "knowledge"),
    "policy": (
        "core",
        "documents.base",
        "documents.yaml.cursor",
        "documents.yaml.load",
        "documents.yaml.nodes",
        "rules.catalog",
        "rules.rule",
    ),
    "engine": (
        "core",
        "documents",
        "rules.catalog",
        "rules.context",
        "rules.families",
        "rules.rule",
        "policy",
    ),
    "collect": ("core", "documents"),
    "run": ("core", "documents", "policy", "engine", "collect"),
    "reporters": ("core", "rules.catalog"),
    "cli": (
        "core",
        "documents",
        "rules",
        "policy",
        "engine",
        "collect",
        "run",
        "reporters",
        "knowledge",
    ),
    "__main__": ("cli",),
}

# What only these modules may use: prefixes below `imagelint.`.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "print": (),
    "sys.exit": ("cli.main",),
    "os.environ": ("collect.environment",),
    "os.getenv": ("collect.environment",),
    "subprocess": ("collect.process",),
    "socket": (),
    "urllib.request": (),
    "http": (),
    "datetime.now": (),
    "datetime.today": (),
    "time.time": ("collect.environment",),
    "eval": (),
    "exec": (),
    "pickle": (),
    "marshal": (),
}


class Use(NamedTuple):
    """A name that a module imports or mentions, and in which line."""

    module: str
    name: str
    line: int


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> Iterator[Use]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Use(module_name(path), alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            for alias in node.names:
                yield Use(module_name(path), f"{node.module}.{alias.name}", node.lineno)


def mentions(path: Path) -> Iterator[Use]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.Attribute)):
            yield Use(module_name(path), ast.unparse(node), node.lineno)
    yield from imports(path)


def room_of(module: str) -> str:
    rooms = [room for room in MAY_IMPORT if module == room or module.startswith(f"{room}.")]
    return max(rooms, key=len, default="")


def is_below(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_every_module_has_a_room(path: Path) -> None:
    assert room_of(module_name(path)) or path == ROOT / "__init__.py"


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    module = module_name(path)
    room = room_of(module)
    own = ".".join(module.split(".")[:2]) if room == "rules" else room
    for use in imports(path):
        if not use.name.startswith("imagelint."):
            continue
        name = use.name.removeprefix("imagelint.")
        if name == "__version__":
            continue
        allowed = (own, *MAY_IMPORT.get(room, ()))
        assert any(is_below(name, prefix) for prefix in allowed), f"{path}:{use.line}: {name}"


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_the_world_is_touched_in_one_place_only(path: Path) -> None:
    module = module_name(path)
    for use in mentions(path):
        for forbidden, rooms in ONLY_IN.items():
            if is_below(use.name, forbidden) and module not in rooms:
                pytest.fail(f"{path}:{use.line}: {use.name}")


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if module_name(path).split(".")[0] not in {"collect", "cli", ""}],
    ids=module_name,
)
def test_only_the_ends_open_files(path: Path) -> None:
    module = module_name(path)
    if module.startswith("knowledge"):
        return
    for use in mentions(path):
        assert use.name != "open", f"{path}:{use.line}"
        assert use.name not in {"os.open", "io.open", "pathlib.Path"}, f"{path}:{use.line}"


def test_the_table_finds_what_it_forbids(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("import subprocess\nfrom os import environ\nprint(1)\n", encoding="utf-8")
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert [type(node).__name__ for node in tree.body] == ["Import", "ImportFrom", "Expr"]
    assert is_below("os.environ.get", "os.environ")
    assert not is_below("os.environment", "os.environ")
    assert room_of("rules.images.root_user") == "rules"
    assert room_of("rules.api") == "rules.api"
