from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.collect.gitindex import tracked_files

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("a", "a b", "deep/er/x", "deep/er/xy", "deep/z", "\n", "漢", "x" * 200, "-", '"')


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True)
    return done.stdout.decode()


def repository(folder: Path, *options: str) -> Path:
    git(folder, "init", "-q", *options)
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def listed(folder: Path) -> frozenset[str]:
    return frozenset(filter(None, git(folder, "ls-files", "-z").split("\0")))


@pytest.mark.parametrize("version", ["2", "3", "4"])
@pytest.mark.parametrize("format_", ["sha1", "sha256"])
def test_it_agrees_with_git(tmp_path: Path, version: str, format_: str) -> None:
    folder = repository(tmp_path, f"--object-format={format_}")
    git(folder, "update-index", "--index-version", version)
    git(folder, "add", "--intent-to-add", "a")
    git(folder, "add", "deep", "a b", "x" * 200)
    assert len(listed(folder)) == 6
    assert tracked_files(str(folder)) == listed(folder)
    git(folder, "add", ".")
    assert tracked_files(str(folder)) == listed(folder) == frozenset(NAMES)


def test_names_in_conflict_are_there_once(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    blob = git(folder, "hash-object", "-w", "a").strip()
    lines = "".join(f"100644 {blob} {stage}\ta\n" for stage in (1, 2, 3))
    subprocess.run(
        ["git", "-C", folder, "update-index", "--index-info"], input=lines.encode(), check=True
    )
    assert tracked_files(str(folder)) == frozenset({"a"})


def test_a_worktree_has_an_index_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "main").mkdir()
    folder = repository(tmp_path / "main")
    git(folder, "add", "a")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "x")
    git(folder, "worktree", "add", "-q", "../other")
    (tmp_path / "other" / "b").touch()
    git(tmp_path / "other", "add", "b")
    assert tracked_files(str(tmp_path / "other")) == frozenset({"a", "b"})


def test_a_part_of_an_index_is_none(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    git(folder, "add", ".")
    git(folder, "update-index", "--split-index")
    assert tracked_files(str(folder)) is None


def test_no_index_and_what_is_none(tmp_path: Path) -> None:
    assert tracked_files(str(tmp_path)) is None
    (tmp_path / ".git").mkdir()
    for data in (b"", b"DIRC", b"DIRC\0\0\0\5\0\0\0\0", b"DIRC\0\0\0\2\0\0\0\1" + b"x" * 80):
        (tmp_path / ".git" / "index").write_bytes(data)
        assert tracked_files(str(tmp_path)) is None


@given(st.data())
def test_a_damaged_index_is_none_or_names(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    (folder / ".git").mkdir()
    version = data.draw(st.sampled_from([2, 3, 4]))
    rest = data.draw(st.binary(max_size=300))
    header = b"DIRC" + version.to_bytes(4, "big") + (2).to_bytes(4, "big")
    (folder / ".git" / "index").write_bytes(header + rest)
    found = tracked_files(str(folder))
    assert found is None or len(found) <= 2
