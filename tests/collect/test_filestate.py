from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.filestate import KeptByFile

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "program"
    path.write_text("one", encoding="utf-8")
    return path


def test_threads_that_ask_at_once_ask_one_time(file: Path) -> None:
    kept, asked = KeptByFile[str](), []
    begun = threading.Event()

    def find() -> str:
        asked.append(1)
        begun.wait(0.05)
        return file.read_text(encoding="utf-8")

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: kept.of(str(file), find), range(8)))
    assert (found, len(asked)) == (["one"] * 8, 1)


def test_another_file_is_asked_about_anew(file: Path) -> None:
    kept = KeptByFile[str]()

    def said(about: str = "") -> str:
        return kept.of(str(file), lambda: file.read_text(encoding="utf-8") + about, about)

    assert (said(), said("x")) == ("one", "onex")
    before = file.stat()
    other = file.with_name("other")
    other.write_text("two", encoding="utf-8")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)  # of the same size and time
    assert (said(), said("x")) == ("two", "twox")


def test_what_does_not_hold_is_asked_again(file: Path) -> None:
    kept, answers = KeptByFile[str](), iter(["failed", "works", "never"])
    said = [
        kept.of(str(file), lambda: next(answers), holds=lambda one: one != "failed")
        for _ in range(3)
    ]
    assert said == ["failed", "works", "works"]


def test_of_no_file_nothing_is_kept(tmp_path: Path) -> None:
    kept, answers = KeptByFile[int](), iter([1, 2])
    assert [kept.of(str(tmp_path / "none"), lambda: next(answers)) for _ in range(2)] == [1, 2]
