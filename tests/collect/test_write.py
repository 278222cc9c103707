from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.collect.write import write_text
from imagelint.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "report"
    write_text(str(path), ["a", "ä\n"])
    assert path.read_text(encoding="utf-8") == "aä\n"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "target").touch()
    write_text(str(tmp_path / "link"), ["a"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text(encoding="utf-8") == "a"


def test_a_file_that_cannot_be_finished_stays_as_it_was(tmp_path: Path) -> None:
    def chunks() -> Iterator[str]:
        yield "new"
        raise RuntimeError

    path = tmp_path / "report"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(RuntimeError):
        write_text(str(path), chunks())
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_special_file_is_written_to() -> None:
    write_text("/dev/null", ["a"])


def test_a_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write: no such file"):
        write_text(str(tmp_path / "none" / "report"), ["a"])
