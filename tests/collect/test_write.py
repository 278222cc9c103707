from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.files import find
from imagelint.collect.findup import judge_in
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


@pytest.fixture
def examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is examined, in which the user stands."""
    folder = tmp_path / "tree"
    folder.mkdir()
    (tmp_path / "precious").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(folder)
    judge_in(["."])
    return folder


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True)


@pytest.mark.parametrize("in_git", [True, False])
@pytest.mark.parametrize("path", ["link", "folder/precious", "folder/../tree/link", "hop"])
def test_nothing_is_written_through_a_link_of_the_tree(
    examined: Path, path: str, *, in_git: bool
) -> None:
    (examined / "link").symlink_to("../precious")
    (examined / "folder").symlink_to("..")
    if in_git:
        git("init", "-q")
        git("add", "-A")
    (examined.parent / "mine").symlink_to("tree/link")
    (examined / "hop").symlink_to("../mine")
    with pytest.raises(UsageError, match="is a link that the examined tree brings"):
        write_text(path, ["theirs"])
    assert (examined.parent / "precious").read_text(encoding="utf-8") == "mine"


def test_a_file_that_is_named_alone_comes_from_whoever_brought_what_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "Dockerfile").touch()
    (tmp_path / "tree" / "link").symlink_to("../precious")
    write_text("tree/link", ["mine"])
    find(["tree/Dockerfile"], lambda _path: False, lambda _folder: None)
    with pytest.raises(UsageError, match="is a link that the examined tree brings"):
        write_text("tree/link", ["theirs"])
    (tmp_path / "out").symlink_to("precious")
    write_text("out", ["mine too"])
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "mine too"


def test_links_of_the_user_are_followed(examined: Path) -> None:
    (examined / "Dockerfile").touch()
    git("init", "-q")
    git("add", "-A")
    (examined / "link").symlink_to("../precious")  # which git does not track
    write_text("link", ["a"])
    (examined.parent / "out").symlink_to("tree")
    write_text("../out/report", ["b"])
    assert (examined.parent / "precious").read_text(encoding="utf-8") == "a"
    assert (examined / "report").read_text(encoding="utf-8") == "b"


def test_a_link_to_an_examined_folder_is_the_users(
    examined: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (examined.parent / "other").symlink_to("tree")
    monkeypatch.chdir(examined.parent)
    judge_in(["other"])
    write_text("other/report", ["a"])
    assert (examined / "report").exists()


def test_a_circle_of_links_is_told(examined: Path) -> None:
    (examined.parent / "x").symlink_to("y")
    (examined.parent / "y").symlink_to("x")
    with pytest.raises(UsageError, match="cannot write"):
        write_text("../x/report", ["a"])


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
