from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.files import display, find
from imagelint.collect.git import list_files
from imagelint.core.report import Ignored, IgnoreReason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def unknown(_folder: str) -> Iterable[str] | None:
    return None


def nothing(_path: str) -> bool:
    return False


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(here: Path, *names: str) -> None:
    for name in names:
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("FROM a\n", encoding="utf-8")


def git(*arguments: str) -> None:
    subprocess.run(["git", "-c", "init.defaultBranch=main", *arguments], check=True)


def origins(*paths: str) -> list[str]:
    return [found.origin for found in find(paths or ["."], nothing, list_files).files]


def test_files_are_found_by_what_they_may_be(here: Path) -> None:
    write(here, "Dockerfile", "a/Dockerfile.cuda", "a/k8s.yaml", "a/main.py", "README.md")
    assert origins() == ["Dockerfile", "a/Dockerfile.cuda", "a/k8s.yaml"]


def test_a_named_file_is_taken_whatever_its_name(here: Path) -> None:
    write(here, "build.txt")
    (found,) = find(["build.txt"], nothing, unknown).files
    assert found.named


def test_a_file_is_found_once(here: Path) -> None:
    write(here, "a/Dockerfile")
    assert origins(".", "a", "a/Dockerfile", "./a/../a/Dockerfile") == ["a/Dockerfile"]


def test_a_missing_path_is_a_problem(here: Path) -> None:
    write(here, "Dockerfile")
    listing = find(["none", "Dockerfile"], nothing, unknown)
    assert [problem.detail for problem in listing.problems] == ["no such file or folder"]
    assert len(listing.files) == 1


@pytest.mark.parametrize("in_git", [True, False])
def test_ignored_files_are_left_out(here: Path, *, in_git: bool) -> None:
    write(here, "Dockerfile", "out/Dockerfile", "a/build/Dockerfile", "a/keep/Dockerfile")
    (here / ".gitignore").write_text("/out/\nbuild\n", encoding="utf-8")
    (here / "a" / ".gitignore").write_text("keep/*\n!keep/Dockerfile\n", encoding="utf-8")
    if in_git:
        git("init", "-q")
    assert origins() == ["Dockerfile", "a/keep/Dockerfile"]
    assert origins("out/Dockerfile") == ["out/Dockerfile"]


def test_a_tracked_file_is_seen_although_it_is_ignored(here: Path) -> None:
    write(here, "out/Dockerfile", "out/Dockerfile.b")
    (here / ".gitignore").write_text("out\n", encoding="utf-8")
    git("init", "-q")
    git("add", "-f", "out/Dockerfile")
    assert origins() == ["out/Dockerfile"]


def test_a_deleted_file_is_not_listed(here: Path) -> None:
    write(here, "Dockerfile", "Dockerfile.b")
    git("init", "-q")
    git("add", "-A")
    (here / "Dockerfile").unlink()
    assert origins() == ["Dockerfile.b"]


def test_a_nested_repository_is_walked(here: Path) -> None:
    write(here, "sub/Dockerfile")
    git("init", "-q")
    git("init", "-q", "sub")
    assert origins() == ["sub/Dockerfile"]


def test_the_repository_cannot_make_us_run_a_program(here: Path) -> None:
    write(here, "Dockerfile")
    git("init", "-q")
    hook = here / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {here}/was-run\n", encoding="utf-8")
    hook.chmod(0o755)
    git("config", "core.fsmonitor", str(hook))
    assert origins() == ["Dockerfile"]
    assert not (here / "was-run").exists()


@pytest.mark.parametrize("in_git", [True, False])
def test_links_are_not_followed(here: Path, *, in_git: bool) -> None:
    write(here, "a/Dockerfile")
    (here / "a" / "loop").symlink_to("..")
    (here / "Dockerfile").symlink_to("/etc/passwd")
    if in_git:
        git("init", "-q")
    assert origins() == ["a/Dockerfile"]
    assert origins("Dockerfile") == ["Dockerfile"]


@pytest.mark.parametrize("paths", [["."], ["Dockerfile", "a/Dockerfile"]])
def test_excluded_files_are_left_out_named_or_not(here: Path, paths: list[str]) -> None:
    write(here, "a/Dockerfile", "Dockerfile")
    listing = find(paths, lambda path: "a" in path.split("/"), unknown)
    assert [found.origin for found in listing.files] == ["Dockerfile"]
    assert listing.left_out == (Ignored("a/Dockerfile", IgnoreReason.EXCLUDED),)


def test_paths_are_shown_relative_to_where_the_user_stands(here: Path) -> None:
    assert display("a/../b") == "b"
    assert display(str(here / "x")) == "x"
    assert display("../sibling") == "../sibling"
    assert display("/etc/passwd") == "/etc/passwd"
