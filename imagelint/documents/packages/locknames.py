"""Lock files by their names: who reads them, and what fetches what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# What pip does not read, and the command that installs what it holds.
FOREIGN_LOCKS: Mapping[str, str] = {
    "uv.lock": "uv sync --frozen",
    "poetry.lock": "poetry install",
    "Pipfile.lock": "pipenv sync",
    "pdm.lock": "pdm sync",
}
LOCK_READERS = frozenset({"uv", "uvx", "poetry", "pipenv", "pdm", "micropipenv"})
GO_FETCH = ("go", "mod", "download")
"""What fetches what a go.mod names, and builds nothing."""
PIP_OF_UV = ("uv", "pip")
"""What reads no lock, as pip does not."""
MANIFESTS: Mapping[str, tuple[str, ...]] = {
    "cargo": ("Cargo.toml",),
    "pixi": ("pixi.toml", "pyproject.toml"),
    "uv": ("pyproject.toml",),
}
"""By manager, what lists a project's packages, where its value does not say which file does."""
ELSEWHERE = (
    *("-g", "--global", "--location=global", "--prefix", "-C", "--dir", "--cwd", "--directory"),
    *("--project", "--manifest-path", "--no-lock", "--no-lockfile", "--script"),
)
"""Options with which a manager looks for the lock file in another place, or for none."""
