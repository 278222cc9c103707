"""Who may import whom, and which module alone may touch what of the world."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import imagelint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(imagelint.__file__).parent

# Prefixes below `imagelint.`; a package may always import itself and the package's version.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "core": (),
    "knowledge": ("core",),
    "documents": ("core", "knowledge"),
    "deployment": ("core", "documents", "knowledge"),
    "rules.rule": ("core",),
    "rules.context": (
        "core",
        "documents.base",
        "documents.locate",
        "documents.project",
        "documents.queries.dockerfiles.removed",
        "rules.rule",
    ),
    "rules.api": ("core", "rules.context", "rules.rule"),
    "rules.entry": ("core.record",),
    "rules.table": ("rules.entry",),
    "rules.catalog": ("rules.entry", "rules.rule", "rules.table"),
    "rules.compile": ("rules.catalog", "rules.rule"),
    "rules.families": ("core.record", "rules.catalog"),
    "rules.documentation": ("core",),
    "rules": ("rules.api", "core", "deployment", "documents", "knowledge"),
    "custom": (
        "core",
        "documents",
        "rules.context",
        "rules.rule",
    ),
    "policy": (
        "core",
        "custom",
        "documents.base",
        "documents.yaml.cursor",
        "documents.yaml.load",
        "documents.yaml.nodes",
        # What files of facts may name.
        "knowledge.site.names",
        "knowledge.site.overrides",
        "knowledge.site.tags",
        "rules.catalog",
        "rules.rule",
    ),
    # Who judges says which tables hold.
    "engine": (
        "core",
        "custom",
        "deployment",
        "documents",
        "knowledge.tables",
        "rules.catalog",
        "rules.context",
        "rules.families",
        "rules.rule",
        "policy",
    ),
    "collect": ("core", "documents"),
    "render": ("core", "documents", "collect"),
    "evaluation": ("core", "documents", "policy"),
    "run": (
        "core",
        "custom",
        "documents",
        "deployment",
        "knowledge.inventory",
        "knowledge.site.extend",
        "knowledge.tables",
        "render",
        "policy",
        "engine",
        "collect",
        "evaluation",
    ),
    "testing": (
        "core",
        "documents",
        "policy",
        "engine",
        "collect",
        "run",
        "rules.documentation",
        "rules.rule",
    ),
    "editor": ("core", "documents", "policy", "engine", "collect", "run"),
    "reporters": ("core", "rules.catalog"),
    "store": ("core",),
    "audit": (
        "core",
        "documents",
        "deployment",
        "render",
        "policy",
        "engine",
        "collect",
        "run",
        "store",
    ),
    "fleet": ("core", "policy.model", "reporters", "store"),
    "cli": (
        "core",
        "documents",
        "rules",
        "policy",
        "engine",
        "collect",
        "evaluation",
        "run",
        "reporters",
        "knowledge",
        "editor",
        "audit",
        "store",
        "fleet",
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
    "socket": ("collect.images.unixsocket", "collect.registry.connections"),
    "urllib.request": ("collect.registry.connections", "collect.registry.transport"),
    "http": (
        "collect.images.unixsocket",
        "collect.registry.connections",
        "collect.registry.exchange",
        "collect.registry.transport",
    ),
    "datetime.now": (),
    "datetime.today": (),
    "time.time": ("collect.environment",),
    "eval": (),
    "exec": (),
    "pickle": (),
    "marshal": (),
}

# The ends, the knowledge that reads its own package data, the children of engines, the test kit.
MAY_OPEN = frozenset(("cli", "collect", "knowledge", "render", "testing"))
OPENS = frozenset(("open", "os.open", "io.open", "pathlib.Path"))
# Who walks over a document for each of its nodes is quadratic: these ask its indexes.
ASKING = ("rules", "documents.queries")

# What rules, and the questions that they ask, may know of rooms in which text is read: its nodes.
# How something is written there is asked of its platform.
NODES_OF: dict[str, tuple[str, ...]] = {
    "documents.yaml": (),
    "documents.compose": (
        "documents.compose.contexts",
        "documents.compose.document",
        "documents.compose.model",
    ),
    "documents.kubernetes": (
        "documents.kubernetes.conformance",
        "documents.kubernetes.kustomization",
        "documents.kubernetes.landmarks",
        "documents.kubernetes.manifest",
        "documents.kubernetes.monitoring.annotated",
        "documents.kubernetes.monitoring.rollouts",
        "documents.kubernetes.objects",
        "documents.kubernetes.pods.securityentry",
        "documents.kubernetes.references",
        "documents.kubernetes.wiring.nodes",
        "documents.kubernetes.wiring.routed",
    ),
    "documents.dockerfile": (
        "documents.dockerfile.document",
        "documents.dockerfile.ignorefile",
        "documents.dockerfile.landmarks",
        "documents.dockerfile.model",
        "documents.dockerfile.vocabulary",
    ),
}
# Fields of nodes that hold places of YAML, for those who read them.
RAW_FIELDS = frozenset({"body", "node", "spec", "template"})


@lru_cache(maxsize=1)
def parsed(path: Path) -> ast.Module:
    """The last one is kept: the checks ask for the same module one after the other."""
    return ast.parse(path.read_text(encoding="utf-8"))


class Module(NamedTuple):
    """A module by its name below `imagelint.` and its file."""

    name: str
    path: Path

    @property
    def tree(self) -> ast.Module:
        return parsed(self.path)

    @property
    def room(self) -> str:
        """The longest entry of the table that the module belongs to; empty when there is none."""
        rooms = (room for room in MAY_IMPORT if is_below(self.name, room))
        return max(rooms, key=len, default="")


class Use(NamedTuple):
    """A name that a module imports or mentions, and in which line."""

    name: str
    line: int


def is_below(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


def module_at(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return Module(".".join(part for part in parts if part != "__init__"), path)


MODULES = [module_at(path) for path in sorted(ROOT.rglob("*.py"))]


def imports(module: Module) -> Iterator[Use]:
    """The names that are imported; those of relative imports begin with a dot."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (Use(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = "." * node.level + (node.module or "")
            yield from (Use(f"{package}.{alias.name}", node.lineno) for alias in node.names)


def mentions(module: Module) -> Iterator[Use]:
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.Name, ast.Attribute)):
            yield Use(ast.unparse(node), node.lineno)
    yield from imports(module)


def without_room(module: Module) -> list[str]:
    """The module itself where the table has no entry for it."""
    return [] if module.room or not module.name else [module.name]


def forbidden_imports(module: Module) -> list[str]:
    """What the module's room may not import, as `line: name`."""
    own = ".".join(module.name.split(".")[:2]) if module.room == "rules" else module.room
    allowed = (own, *MAY_IMPORT.get(module.room, ()), "__version__")
    return [
        f"{use.line}: {use.name}"
        for use in imports(module)
        if use.name.startswith((".", "imagelint."))
        if not any(is_below(use.name.removeprefix("imagelint."), prefix) for prefix in allowed)
    ]


def touches_of_the_world(module: Module) -> list[str]:
    """What of the world another module alone may touch, as `line: name`."""
    return [
        f"{use.line}: {use.name}"
        for use in mentions(module)
        for forbidden, modules in ONLY_IN.items()
        if is_below(use.name, forbidden) and module.name not in modules
    ]


def opened_files(module: Module) -> list[str]:
    """What opens files, in a module that is not at one of the ends, as `line: name`."""
    if module.name.split(".")[0] in {*MAY_OPEN, ""}:
        return []
    return [f"{use.line}: {use.name}" for use in mentions(module) if use.name in OPENS]


def walks(module: Module) -> list[str]:
    """Where a whole document is walked over, in a module that asks indexes, as `line: name`."""
    if not any(is_below(module.name, room) for room in ASKING):
        return []
    found = (node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute))
    return [f"{node.lineno}: {ast.unparse(node)}" for node in found if node.attr == "walk"]


def readings_of_text(module: Module) -> list[str]:
    """Where a rule or a query looks at a text past its nodes, as `line: name`."""
    if not (is_below(module.name, "rules") or is_below(module.name, "documents.queries")):
        return []
    return [f"{use.line}: {use.name}" for use in mentions(module) if _is_raw(use.name)]


def _is_raw(name: str) -> bool:
    place = name.removeprefix("imagelint.")
    for room, nodes in NODES_OF.items():
        if is_below(place, room) and not any(is_below(place, node) for node in nodes):
            return True
    return not RAW_FIELDS.isdisjoint(name.split(".")[1:])


CHECKS = (
    without_room,
    forbidden_imports,
    touches_of_the_world,
    opened_files,
    walks,
    readings_of_text,
)


# One test for each room and not for each module: to start a test costs more than to check a module.
@pytest.mark.parametrize("room", sorted({module.name.split(".")[0] for module in MODULES}))
def test_every_module_of_a_room_does_only_what_it_may(room: str) -> None:
    inside = (module for module in MODULES if module.name.split(".")[0] == room)
    found = {
        f"{check.__name__} in {module.name}": complaints
        for module in inside
        for check in CHECKS
        if (complaints := check(module))
    }
    assert found == {}


PLANTED: tuple[tuple[Callable[[Module], list[str]], str, str, list[str]], ...] = (
    (without_room, "attic", "", ["attic"]),
    (without_room, "attic.old", "", ["attic.old"]),
    (without_room, "corelike", "", ["corelike"]),
    (without_room, "core.new", "", []),
    (without_room, "", "", []),
    (forbidden_imports, "core.new", "import imagelint.run.files", ["1: imagelint.run.files"]),
    (forbidden_imports, "core.new", "from imagelint import run", ["1: imagelint.run"]),
    (forbidden_imports, "core.new", "from . import source", ["1: ..source"]),
    (forbidden_imports, "core.new", "from .source import Span", ["1: .source.Span"]),
    (
        forbidden_imports,
        "core.new",
        "def f():\n    import imagelint.cli.main",
        ["2: imagelint.cli.main"],
    ),
    (forbidden_imports, "core.new", "import os\nfrom imagelint.core.source import Span", []),
    (forbidden_imports, "core.new", "from imagelint import __version__", []),
    (
        forbidden_imports,
        "documents.new",
        "from imagelint.corelike import a\nfrom imagelint.collect.read import b",
        ["1: imagelint.corelike.a", "2: imagelint.collect.read.b"],
    ),
    (forbidden_imports, "rules.pods.new", "import imagelint.rules.pods.old", []),
    (
        forbidden_imports,
        "rules.pods.new",
        "import imagelint.rules.build.old, imagelint.engine.judge",
        ["1: imagelint.rules.build.old", "1: imagelint.engine.judge"],
    ),
    (forbidden_imports, "cli.new", "import imagelint.run.files, imagelint.core.source", []),
    (touches_of_the_world, "core.new", "import subprocess", ["1: subprocess"]),
    (touches_of_the_world, "core.new", "from os import environ as e", ["1: os.environ"]),
    (
        touches_of_the_world,
        "core.new",
        "import os\nos.environ.get('A')",
        ["2: os.environ.get", "2: os.environ"],
    ),
    (touches_of_the_world, "core.new", "print(1)", ["1: print"]),
    (touches_of_the_world, "core.new", "import os\nos.environment, printer, os.path", []),
    (touches_of_the_world, "collect.process", "import subprocess", []),
    (
        opened_files,
        "core.new",
        "open('a')\nfrom pathlib import Path",
        ["1: open", "2: pathlib.Path"],
    ),
    (opened_files, "core.new", "import os\nos.open('a')\nfile.open('a')", ["2: os.open"]),
    (opened_files, "collect.new", "open('a')", []),
    (walks, "rules.pods.new", "for node in ctx.document.walk(): pass", ["1: ctx.document.walk"]),
    (walks, "documents.queries.new", "each = document.walk\nwalk(1)", ["1: document.walk"]),
    (walks, "documents.new", "document.walk()", []),
    (
        readings_of_text,
        "rules.pods.new",
        (
            "from imagelint.documents.yaml.cursor import Cursor\n"
            "from imagelint.documents.compose.values import word\n"
            "from imagelint.documents.kubernetes.pods.reader import read_pods"
        ),
        [
            "1: imagelint.documents.yaml.cursor.Cursor",
            "2: imagelint.documents.compose.values.word",
            "3: imagelint.documents.kubernetes.pods.reader.read_pods",
        ],
    ),
    (readings_of_text, "documents.queries.new", "container.body", ["1: container.body"]),
    (readings_of_text, "rules.pods.new", "pod.spec, node", ["1: pod.spec"]),
    (
        readings_of_text,
        "rules.pods.new",
        (
            "from imagelint.documents.kubernetes.objects import Pod\n"
            "from imagelint.documents.dockerfile.document import Dockerfile\nbody.text"
        ),
        [],
    ),
    (readings_of_text, "documents.kubernetes.new", "container.body", []),
)


@pytest.mark.parametrize(("check", "name", "text", "expected"), PLANTED)
def test_the_checks_find_what_they_forbid(
    tmp_path: Path,
    check: Callable[[Module], list[str]],
    name: str,
    text: str,
    expected: list[str],
) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text(f"{text}\n", encoding="utf-8")
    assert check(Module(name, planted)) == expected


def test_the_longest_entry_of_the_table_is_a_modules_room() -> None:
    assert Module("rules.images.root_user", ROOT).room == "rules"
    assert Module("rules.api", ROOT).room == "rules.api"


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_the_table_has_no_entry_for_what_is_not_there(room: str) -> None:
    assert any(module.room == room for module in MODULES)
