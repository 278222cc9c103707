"""Package managers and their ecosystems are named in `documents/packages` and nowhere else.

A rule that compares a name knows the managers that stood in the table when it was written; one
that asks the manager's value knows those that come later.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import imagelint
from imagelint.documents.packages.lookup import MANAGERS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(imagelint.__file__).parent
OWN_ROOM = ROOT / "documents" / "packages"
NAMES = frozenset(
    name
    for manager in MANAGERS
    for name in (
        *(manager.name, manager.ecosystem.value),
        *(*manager.programs, *manager.modules),
        *(cache.name for cache in manager.left_overs),
        *(run.program for run in manager.runs),
    )
)
# The same words, meaning something else.
OTHERWISE: dict[str, frozenset[str]] = {
    # Words of Trivy's report and database.
    "documents/image/coverage.py": frozenset(
        ["bun", "cargo", "conda", "go", "npm", "pip", "pnpm", "poetry", "uv", "yarn"]
    ),
    # Whose list an image holds: of some the package is installed without the manager.
    "documents/image/layers/installed.py": frozenset(["apk", "dpkg", "rpm"]),
    # Programs that keep a login.
    "documents/queries/secrets/kept.py": frozenset(
        ["cargo", "go", "npm", "pip", "pip3", "pnpm", "poetry", "yarn"]
    ),
    # Words that a text must hold before it is read for what it installs: a cheap look ahead.
    "documents/queries/downloads.py": frozenset({"rpm"}),  # the program that unpacks one file
    "knowledge/packages/transport.py": frozenset({"rpm"}),
    "documents/shell/shells.py": frozenset({"bun"}),  # what runs JavaScript
    # What runs the scripts of a `package.json`.
    "documents/serving/launchers.py": frozenset({"bun", "npm", "pnpm", "yarn"}),
    "documents/queries/toolchain.py": frozenset({"cargo", "golang"}),  # Debian's packages
    "documents/secrets/files.py": frozenset({"apt"}),  # a folder of settings
    "documents/queries/packages/settingfiles.py": frozenset({"bun"}),  # a user of its image
    # Programs that images lack, that compile, or that start what a container runs.
    "documents/queries/building/foreign.py": frozenset(["cargo", "go"]),
    "documents/queries/building/pythons.py": frozenset(["conda", "mamba", "pip"]),
    "knowledge/containers/buildtools.py": NAMES,
    "knowledge/containers/daemons.py": frozenset(["npm"]),
    "knowledge/containers/libraries.py": frozenset(["golang"]),
    "knowledge/web/development.py": NAMES,
    "rules/packages/environment_not_on_path.py": frozenset(["poetry"]),
    "rules/packages/missing_environment.py": frozenset(["uv"]),
    # Official images.
    "knowledge/dockerfile/base_variables.py": frozenset({"golang"}),
    "rules/shell/bash_syntax_in_sh.py": frozenset({"golang"}),
}
# Programs that start others (`conda run`, `uv run`) are no matter of packages; that the table knows
# what managers start is held by `test_lookup`.
OTHERWISE["documents/shell/wrappers.py"] = NAMES
# What a container starts is looked at before any manager is imported; a test holds the list.
OTHERWISE["documents/serving/startscript.py"] = NAMES
# Types of packages in reports of scanners and in VEX (https://github.com/package-url/purl-spec), of
# which some are called as what installs them.
for module in ("grype", "identifiers", "merge", "opinion", "osv"):
    OTHERWISE[f"documents/image/opinions/{module}.py"] = NAMES
OTHERWISE["documents/image/vex.py"] = NAMES
# What the decorators of rules say, which is asked of the managers there.
OTHERWISE["rules/table.py"] = NAMES


def named(text: str) -> Iterator[tuple[int, str]]:
    """Each string, but for docstrings, that is nothing but names of managers: line and name."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value.split()
            if words and NAMES.issuperset(words):
                yield from ((node.lineno, word) for word in words)


SOURCES = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if not path.is_relative_to(OWN_ROOM) and "compiled" not in path.parts
]


def test_no_manager_is_told_by_its_name() -> None:
    found = [
        f"{path}:{line}: `{name}`: ask `manager_call(command)`, or `install.manager`"
        for path in SOURCES
        for line, name in named(path.read_text(encoding="utf-8"))
        if name not in OTHERWISE.get(path.relative_to(ROOT).as_posix(), ())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("if install.manager.name == 'dnf': ...", ["dnf"]),
        ("_SYSTEM = frozenset({'apk', 'rpm'})", ["apk", "rpm"]),
        ("_TABLE = {'pip': 'PIP_NO_CACHE_DIR'}", ["pip"]),
        ("script.of('apt-get', 'apt')", ["apt-get", "apt"]),
        ("_PROGRAMS = 'npm yarn'.split()", ["npm", "yarn"]),
        ("match command.program:\n    case 'uv': ...", ["uv"]),
        ("program.startswith('npx')", ["npx"]),
        ("'''Install with pip.'''\nhelp = 'pin it with pip'", []),
        ("if install.manager is APT: ...", []),
    ],
)
def test_names_are_found_wherever_they_stand(text: str, names: list[str]) -> None:
    assert [name for _, name in named(text)] == names


def test_a_planted_comparison_is_found() -> None:
    rule = ROOT / "rules" / "packages" / "apt_recommends.py"
    text = rule.read_text(encoding="utf-8")
    assert list(named(text)) == []
    planted = text.replace("call.manager is not APT", "command.program != 'apt'")
    assert [name for _, name in named(planted)] == ["apt"]


def test_every_exception_is_needed() -> None:
    for place, names in OTHERWISE.items():
        found = {name for _, name in named((ROOT / place).read_text(encoding="utf-8"))}
        assert found & names, f"{place} names no manager: drop its exception"
