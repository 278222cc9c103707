from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.git import list_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose user has no configuration."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / "home").mkdir()
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    for name in ("tracked", "new", "ignored", "deep/tracked"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (folder / ".gitignore").write_text("ignored\n", encoding="utf-8")
    git(folder, "add", "tracked", "deep")
    monkeypatch.chdir(folder)
    return folder


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True)


def test_tracked_and_new_files_are_listed_but_no_ignored_ones(repository: Path) -> None:
    assert list_files(".") == (".gitignore", "deep/tracked", "new", "tracked")
    assert list_files("deep") == ("tracked",)
    assert list_files(str(repository / "deep")) == ("tracked",)


def test_the_users_own_ignore_file_holds(repository: Path) -> None:
    folder = repository.parent / "home/.config/git"
    folder.mkdir(parents=True)
    (folder / "ignore").write_text("new\n", encoding="utf-8")
    assert "new" not in (list_files(".") or ())


def test_names_come_as_they_are(repository: Path) -> None:
    for name in ("a b", "new\nline", "-x", "漢", '"'):
        (repository / name).touch()
    assert {"a b", "new\nline", "-x", "漢", '"'} <= set(list_files(".") or ())


def test_git_cannot_tell_outside_of_repositories(tmp_path: Path) -> None:
    assert list_files(str(tmp_path)) is None


def test_git_cannot_tell_about_a_broken_repository(repository: Path) -> None:
    (repository / ".git/HEAD").write_text("nonsense\n", encoding="utf-8")
    assert list_files(".") is None


def test_git_cannot_tell_where_it_is_not_installed(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list_files(".") is None


def test_no_program_of_the_repository_is_run(repository: Path) -> None:
    program = repository / "program"
    program.write_text(f"#!/bin/sh\ntouch {repository}/canary\n", encoding="utf-8")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "alias.ls-files"):
        git(repository, "config", key, str(program))
    git(repository, "config", "core.hooksPath", str(repository))
    assert list_files(".") is not None
    assert not (repository / "canary").exists()


def test_what_git_says_is_read_to_its_nuls(
    repository: Path, fake: Callable[[str, str], Path]
) -> None:
    fake("git", "sys.stdout.write('b\\0a\\0')")
    assert list_files(".") == ("a", "b")
    fake("git", "sys.stdout.write('a\\0'); sys.exit(1)")
    assert list_files(".") is None
