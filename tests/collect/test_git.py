from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.git import list_files

if TYPE_CHECKING:
    from collections.abc import Callable


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


def test_nothing_is_fetched(repository: Path) -> None:
    """Else an ignore file that a partial clone lacks would be, by a program of the repository."""
    (repository / ".gitignore").write_text("ignored\n", encoding="utf-8")
    git(repository, "add", ".gitignore")
    done = subprocess.run(
        ["git", "-C", repository, "rev-parse", ":.gitignore"], capture_output=True, check=True
    )
    digest = done.stdout.decode().strip()
    git(repository, "update-index", "--skip-worktree", ".gitignore")
    (repository / ".gitignore").unlink()
    (repository / ".git" / "objects" / digest[:2] / digest[2:]).unlink()
    for key, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", f"ext::touch {repository}/canary"),
        ("protocol.allow", "always"),
        ("protocol.ext.allow", "always"),
    ):
        git(repository, "config", key, value)
    listed = list_files(".")
    assert listed is not None
    assert "tracked" in listed
    assert not (repository / "canary").exists()
    git(repository, "ls-files", "--others", "--exclude-standard")
    assert (repository / "canary").exists()  # so it would have been


def test_a_name_that_is_not_utf8_is_one(repository: Path) -> None:
    Path(os.fsdecode(os.fsencode(repository) + b"/x\xff.yaml")).touch()
    assert "x\udcff.yaml" in (list_files(".") or ())


def test_what_git_says_is_read_to_its_nuls(
    repository: Path, fake: Callable[[str, str], Path]
) -> None:
    fake("git", "sys.stdout.write('b\\0a\\0')")
    assert list_files(".") == ("a", "b")
    fake("git", "sys.stdout.write('a\\0'); sys.exit(1)")
    assert list_files(".") is None


def test_a_name_in_another_case_is_another_file(repository: Path) -> None:
    git(repository, "config", "core.ignoreCase", "true")
    (repository / "TRACKED").touch()
    assert {"TRACKED", "tracked"} <= set(list_files(".") or ())


@pytest.mark.parametrize("folds", [True, False])
def test_a_file_system_that_folds_case_is_asked_as_one(
    repository: Path, fake: Callable[[str, str], Path], *, folds: bool
) -> None:
    if folds:
        (repository / ".GIT").touch()
    fake("git", "sys.stdout.write('\\0'.join(sys.argv))")
    assert f"core.ignoreCase={str(folds).lower()}" in (list_files(".") or ())
