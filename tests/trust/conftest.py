"""A repository with a policy on its main branch, and an organisation's policy beside it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_WHO = ("-c", "user.name=a", "-c", "user.email=a@example.com")


class Repository:
    """Files, and git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def git(self, *arguments: str) -> str:
        """What git answers."""
        command = ["git", *_WHO, *arguments]
        done = subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, name: str, text: str) -> None:
        """A file with a text."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def commit(self, **files: str) -> str:
        """The name of a commit of everything; in names `__` is `/` and `_` is `.`."""
        for name, text in files.items():
            self.write(name.replace("__", "/").replace("_", "."), text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a commit")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(here: Path) -> Repository:
    """An empty repository where the user stands, on the branch `main`."""
    found = Repository(here)
    found.git("init", "-q", "-b", "main")
    return found


@pytest.fixture
def outside(here: Path) -> Path:
    """A folder that is not examined."""
    folder = here.parent / "organisation"
    folder.mkdir()
    return folder
