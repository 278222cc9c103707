from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.gitignore import GitignoreRules

if TYPE_CHECKING:
    from pathlib import Path


def inside(folder: Path, text: str, above: GitignoreRules | None = None) -> GitignoreRules:
    folder.mkdir(exist_ok=True)
    (folder / ".gitignore").write_text(text, encoding="utf-8")
    return (above or GitignoreRules()).inside(str(folder), {".gitignore"})


def hides(ignored: GitignoreRules, path: Path, *, is_folder: bool = False) -> bool:
    return ignored.hides(str(path), is_folder=is_folder)


def test_nothing_is_hidden_without_an_ignore_file(tmp_path: Path) -> None:
    ignored = GitignoreRules().inside(str(tmp_path), {"a", "b"})
    assert ignored == GitignoreRules()
    assert not hides(ignored, tmp_path / "a")


def test_patterns_hide_files_and_folders(tmp_path: Path) -> None:
    ignored = inside(tmp_path, "*.log\nbuild/\n/root\n!keep.log\n# comment\n\n")
    assert hides(ignored, tmp_path / "a.log")
    assert hides(ignored, tmp_path / "deep/a.log")
    assert not hides(ignored, tmp_path / "keep.log")
    assert hides(ignored, tmp_path / "build", is_folder=True)
    assert not hides(ignored, tmp_path / "build")
    assert hides(ignored, tmp_path / "root")
    assert not hides(ignored, tmp_path / "deep/root")
    assert not hides(ignored, tmp_path / "a.txt")


def test_the_innermost_file_decides(tmp_path: Path) -> None:
    outer = inside(tmp_path, "*.log\n*.tmp\n")
    inner = inside(tmp_path / "deep", "!a.log\nmore\n", outer)
    assert not hides(inner, tmp_path / "deep/a.log")
    assert hides(inner, tmp_path / "deep/b.log")
    assert hides(inner, tmp_path / "deep/more")
    assert not hides(outer, tmp_path / "deep/more")


@pytest.mark.parametrize("text", ["!", "a\\", "[", "\0", "***", "a/**/b\\"])
def test_patterns_that_cannot_be_read_hide_nothing(tmp_path: Path, text: str) -> None:
    ignored = inside(tmp_path, f"{text}\n")
    assert not hides(ignored, tmp_path / "Dockerfile") or text == "***"


def test_an_ignore_file_that_cannot_be_read_hides_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".gitignore")
    assert GitignoreRules().inside(str(tmp_path), {".gitignore"}) == GitignoreRules()


def test_bytes_that_are_not_utf8_cost_only_their_line(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"caf\xe9\n*.log\n")
    ignored = GitignoreRules().inside(str(tmp_path), {".gitignore"})
    assert hides(ignored, tmp_path / "a.log")
