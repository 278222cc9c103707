from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.files import display, find
from imagelint.collect.git import ignored_files, list_files
from imagelint.core.report import Ignored, IgnoreReason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
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
def test_folders_behind_links_are_not_walked(here: Path, *, in_git: bool) -> None:
    write(here, "a/Dockerfile")
    (here / "a" / "loop").symlink_to("..")
    (here / "b.yaml").symlink_to("a")
    if in_git:
        git("init", "-q")
    assert origins() == ["a/Dockerfile"]
    assert find(["."], nothing, list_files).left_out == (Ignored("b.yaml", IgnoreReason.LINK),)


@pytest.mark.parametrize("in_git", [True, False])
def test_what_a_link_leads_to_is_examined_under_the_links_name(here: Path, *, in_git: bool) -> None:
    write(here, "recipe", "notes.txt")
    (here / "a").mkdir()
    (here / "a" / "Dockerfile").symlink_to("../recipe")
    (here / "other").symlink_to("notes.txt")
    if in_git:
        git("init", "-q")
    (found,) = find(["."], nothing, list_files).files
    assert (found.origin, found.target) == ("a/Dockerfile", str(here / "recipe"))
    assert found.within == str(here)


def test_what_is_examined_under_its_own_name_is_not_examined_twice(here: Path) -> None:
    write(here, "docker/Dockerfile.cuda", "deploy/compose.yaml")
    (here / "Dockerfile").symlink_to("docker/Dockerfile.cuda")
    (here / "Dockerfile.yaml").symlink_to("Dockerfile")
    (here / "Containerfile").symlink_to("deploy/compose.yaml")
    listing = find(["."], nothing, list_files)
    assert [found.origin for found in listing.files] == [
        # By their names they are taken for something else.
        *("Containerfile", "Dockerfile.yaml", "deploy/compose.yaml", "docker/Dockerfile.cuda"),
    ]
    assert listing.left_out == (Ignored("Dockerfile", IgnoreReason.LINK),)
    assert origins("Dockerfile") == ["Dockerfile"]


@pytest.mark.parametrize("paths", [["."], ["Dockerfile", "pod.yaml", "loop.yaml"]])
def test_a_link_that_leads_out_or_to_nothing_is_a_problem(here: Path, paths: list[str]) -> None:
    (here / "Dockerfile").symlink_to("/etc/passwd")
    (here / "pod.yaml").symlink_to("gone.yaml")
    (here / "loop.yaml").symlink_to("loop.yaml")
    listing = find(paths, nothing, list_files)
    assert listing.files == ()
    told = {problem.origin: problem.detail for problem in listing.problems}
    assert told == {
        "Dockerfile": "is a link that leads out of .",
        "loop.yaml": "is a link that leads to nothing",
        "pod.yaml": "is a link that leads to nothing",
    }


def test_the_bounds_are_those_of_the_repository(here: Path) -> None:
    write(here, "recipe", "a/x")
    git("init", "-q")
    (here / "a" / "Dockerfile").symlink_to("../recipe")
    assert origins("a") == ["a/Dockerfile"]
    git("init", "-q", "a")
    assert origins("a") == []


def test_a_repository_of_somebody_else_is_asked_as_well(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, "Dockerfile", "hidden/Dockerfile")
    (here / ".gitignore").write_text("hidden\n", encoding="utf-8")
    git("init", "-q")
    git("add", "-f", "hidden")
    # https://github.com/git/git/blob/master/t/lib-sudo.sh
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert origins() == ["Dockerfile", "hidden/Dockerfile"]


def test_without_git_what_is_tracked_is_there_and_what_is_hidden_is_said(here: Path) -> None:
    write(here, "Dockerfile", "kept/Dockerfile", "gone/Dockerfile", "x.yaml", "x.txt")
    write(here, "node_modules/a/Dockerfile", ".venv/Dockerfile", "kept/y.yaml", ".hg/y.yaml")
    git("init", "-q")
    git("add", "kept/Dockerfile", "node_modules")
    (here / ".gitignore").write_text("kept\ngone\nx.*\n", encoding="utf-8")
    listing = find(["."], nothing, unknown)
    assert [found.origin for found in listing.files] == [
        *("Dockerfile", "kept/Dockerfile", "node_modules/a/Dockerfile"),
    ]
    hidden = [each.origin for each in listing.left_out if each.reason is IgnoreReason.HIDDEN]
    assert hidden == [".hg/", ".venv/", "gone/", "kept/y.yaml", "x.yaml"]


def test_a_submodule_is_asked_for_its_own_files(here: Path) -> None:
    write(here, "sub/Dockerfile", "sub/ignored/Dockerfile")
    git("init", "-q", "sub")
    (here / "sub" / ".gitignore").write_text("ignored\n", encoding="utf-8")
    git("-C", "sub", "add", "-f", "ignored")
    git("init", "-q")
    assert origins() == ["sub/Dockerfile", "sub/ignored/Dockerfile"]


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


@pytest.mark.parametrize("in_git", [True, False])
def test_files_of_tools_that_are_not_read_are_counted(here: Path, *, in_git: bool) -> None:
    write(here, "main.tf", "ci/Earthfile", "notes.txt", "Dockerfile")
    if in_git:
        git("init", "-q")
        git("add", "main.tf")
    listing = find(["."], nothing, list_files)
    assert [found.origin for found in listing.files] == ["Dockerfile"]
    assert listing.left_out == (
        Ignored("ci/Earthfile", IgnoreReason.OTHER_TOOL),
        Ignored("main.tf", IgnoreReason.OTHER_TOOL),
    )


def test_what_git_ignores_is_said_whatever_file_says_so(here: Path) -> None:
    write(here, "Dockerfile", "a/Dockerfile", "b/Dockerfile", "c/Dockerfile", "x.yaml", "x.txt")
    write(here, "node_modules/a/Dockerfile", "kept/Dockerfile")
    git("init", "-q")
    (here / ".gitignore").write_text("a\nx.*\nnode_modules\nkept\n", encoding="utf-8")
    (here / ".git" / "info" / "exclude").write_text("b\n", encoding="utf-8")
    (here / "mine").write_text("/c/Dockerfile\n", encoding="utf-8")
    git("config", "core.excludesFile", str(here / "mine"))
    git("add", "-f", "kept")
    listing = find(["."], nothing, list_files, ignored_files)
    assert [found.origin for found in listing.files] == ["Dockerfile", "kept/Dockerfile"]
    assert listing.left_out == tuple(
        Ignored(origin, IgnoreReason.HIDDEN) for origin in ("a/", "b/", "c/", "x.yaml")
    )


@pytest.mark.parametrize("lists", [list_files, unknown])
def test_what_is_tracked_and_not_checked_out_is_said(
    here: Path, lists: Callable[[str], Iterable[str] | None]
) -> None:
    write(here, "Dockerfile", "a/Dockerfile", "b/Dockerfile", "b/main.py", "gone/Dockerfile")
    git("init", "-q")
    git("add", "-A")
    git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    git("update-index", "--skip-worktree", "b/Dockerfile", "b/main.py", "a/Dockerfile")
    (here / "module").mkdir()
    for name in ("b/Dockerfile", "b/main.py", "gone/Dockerfile"):
        (here / name).unlink()
    listing = find(["."], nothing, lists)
    assert [found.origin for found in listing.files] == ["Dockerfile", "a/Dockerfile"]
    assert listing.left_out == tuple(
        Ignored(origin, IgnoreReason.NOT_CHECKED_OUT) for origin in ("b/Dockerfile", "module/")
    )
    assert find(["a"], nothing, lists).left_out == ()


def test_folders_of_a_sparse_index_are_said_as_such(here: Path) -> None:
    write(here, "Dockerfile", "a/Dockerfile", "b/Dockerfile")
    git("init", "-q")
    git("add", "-A")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a")
    git("sparse-checkout", "set", "--cone", "--sparse-index", "a")
    listing = find(["."], nothing, list_files)
    assert listing.left_out == (Ignored("b/", IgnoreReason.NOT_CHECKED_OUT),)


def test_a_tracked_file_that_became_a_pipe_is_said(here: Path) -> None:
    write(here, "Dockerfile")
    git("init", "-q")
    git("add", "-A")
    (here / "Dockerfile").unlink()
    os.mkfifo(here / "Dockerfile")
    (problem,) = find(["."], nothing, list_files).problems
    assert problem.detail == "not a regular file"


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("Dokerfile", "Dockerfile"),
        ("serving/Dockerfil", "serving/Dockerfile"),
        ("srving/Dockerfile", "serving"),
        ("nothing-alike", ""),
    ],
)
def test_who_misspells_a_path_is_told_which_may_be_meant(here: Path, path: str, meant: str) -> None:
    write(here, "Dockerfile", "serving/Dockerfile")
    (problem,) = find([path], nothing, unknown).problems
    assert problem.help == (f"did you mean `{meant}`?" if meant else "")
