from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.read import LARGEST_FILE, decode, read_bytes, read_standard_input
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from pathlib import Path


def refusal(path: Path) -> Problem:
    result = read_bytes(str(path), "name")
    assert isinstance(result, Problem)
    assert result.origin == "name"
    return result


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"FROM a\r\n")
    assert read_bytes(str(path), "Dockerfile") == b"FROM a\r\n"


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none").detail == "no such file"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path).detail == "is a folder"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert refusal(path).detail == "not a regular file"


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert refusal(tmp_path / "a").detail == "too many levels of symbolic links"


def test_an_unreadable_file_is_said_to_be_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # root may read everything
    assert refusal(tmp_path / "secret").detail == "permission denied"


def test_a_failing_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    path = tmp_path / "file"
    path.touch()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", fail)
        problem = read_bytes(str(path), "name")
    assert isinstance(problem, Problem)
    assert problem.detail == "Input/output error"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    problem = refusal(path)
    assert problem.kind is ProblemKind.TOO_LARGE
    assert "104,857,600 bytes" in problem.detail


def test_the_largest_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE)
    assert len(read_bytes(str(path), "large")) == LARGEST_FILE


def test_text_is_utf_8() -> None:
    text = decode("FROM ä\n".encode(), "f")
    assert text.source is not None
    assert text.source.text == "FROM ä\n"
    assert text.problems == ()


def test_what_is_not_utf_8_is_told_and_the_rest_is_examined() -> None:
    text = decode(b"FROM a\nRUN \xff\n", "f")
    assert text.source is not None
    assert text.source.text == "FROM a\nRUN �\n"
    assert text.problems[0].detail.startswith("is not valid UTF-8: byte 12 in line 2")


@pytest.mark.parametrize("data", [b"\x7fELF\0\0", b"\xff\xfeF\0R\0"])
def test_binary_files_have_no_text(data: bytes) -> None:
    text = decode(data, "f")
    assert text.source is None
    assert text.problems[0].kind is ProblemKind.UNPARSABLE


class _Input:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_standard_input_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Input(b"x" * (LARGEST_FILE + 5)))
    assert read_standard_input("-").problems[0].kind is ProblemKind.TOO_LARGE
    monkeypatch.setattr(sys, "stdin", _Input(b"FROM a"))
    text = read_standard_input("name")
    assert text.source is not None
    assert text.source.origin == "name"


def test_a_link_that_took_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    path = tmp_path / "in" / "Dockerfile"
    path.symlink_to("../secret")
    within = str(tmp_path / "in")
    answer = read_bytes(str(path), "Dockerfile", within)
    assert isinstance(answer, Problem)
    assert answer.detail == "too many levels of symbolic links"
    path.unlink()
    path.write_text("FROM a", encoding="utf-8")
    assert read_bytes(str(path), "Dockerfile", within) == b"FROM a"


def test_nor_is_one_that_took_the_place_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "Dockerfile").write_text("x", encoding="utf-8")
    (tmp_path / "in" / "a").symlink_to("../out")
    answer = read_bytes(str(tmp_path / "in/a/Dockerfile"), "a/Dockerfile", str(tmp_path / "in"))
    assert isinstance(answer, Problem)
    assert answer.detail == "was moved while it was examined"
