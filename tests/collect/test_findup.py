from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.collect.findup import nearest, root_of, stand_in

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`outside/repository/deep/deeper`, the second a repository."""
    deeper = tmp_path / "outside/repository/deep/deeper"
    deeper.mkdir(parents=True)
    (tmp_path / "outside/repository/.git").mkdir()
    monkeypatch.chdir(deeper)
    return tmp_path / "outside"


def test_the_nearest_file_is_found(tree: Path) -> None:
    (tree / "repository/name").touch()
    assert nearest(".", "name") == str(tree / "repository/name")
    (tree / "repository/deep/name").touch()
    assert nearest(".", "name") == str(tree / "repository/deep/name")
    assert nearest("..", "name") == str(tree / "repository/deep/name")
    (tree / "repository/deep/deeper/name").mkdir()
    assert nearest(".", "name") == str(tree / "repository/deep/name")


def test_the_search_ends_at_the_root_of_the_repository(tree: Path) -> None:
    (tree / "name").touch()
    assert nearest(".", "name") is None
    assert nearest(str(tree), "name") == str(tree / "name")
    (tree / "repository/.git").rmdir()
    (tree / "repository/.git").write_text("gitdir: elsewhere\n", encoding="utf-8")
    assert nearest(".", "name") is None


def test_the_search_ends_at_the_root_of_all(tree: Path) -> None:
    assert nearest("/", "no-such-name-anywhere") is None
    assert nearest(str(tree), "no-such-name-anywhere") is None


def test_a_folder_that_is_not_there_is_searched_from_where_it_would_be(tree: Path) -> None:
    (tree / "repository/name").touch()
    assert nearest("not/there", "name") == str(tree / "repository/name")


def test_the_root_is_that_of_the_repository_or_the_folder_itself(tree: Path) -> None:
    assert root_of(".") == str(tree / "repository")
    assert root_of("not/there") == str(tree / "repository")
    assert root_of("../..") == str(tree / "repository")
    if root_of(str(tree.parent)) == str(tree.parent):
        assert root_of(str(tree)) == str(tree)
    assert root_of("/") == "/"


def test_a_folder_that_is_named_is_the_root_of_what_lies_in_it(tree: Path) -> None:
    inner = tree / "a" / "b"
    inner.mkdir(parents=True)
    stand_in((str(tree / "a"), str(tree / "a" / "b"), str(tree / "repository")))
    try:
        assert root_of(str(inner)) == str(tree / "a")
        assert root_of(str(tree / "ab")) == str(tree / "ab")
        assert root_of(str(tree / "repository" / "deep")) == str(tree / "repository")
    finally:
        stand_in(())
    assert root_of(str(inner)) == str(inner)
