"""Find a file in a folder or in the folders above it, no further than the repository's root."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_named: tuple[str, ...] = ()
_judged: set[str] = set()


def stand_in(folders: Iterable[str]) -> None:
    """The folders that the user named, in which a run stands as it does in the one it began in."""
    global _named  # noqa: PLW0603 - as the folder is in which a process stands
    _named = tuple(sorted(map(os.path.abspath, folders), key=len))


def judge_in(folders: Iterable[str]) -> None:
    """Folders of which something is judged, so that what is in them may be by whoever is judged."""
    _judged.update(os.path.abspath(folder) for folder in folders)


def judged_folders() -> frozenset[str]:
    """The folders of which something was judged in this process, absolute."""
    return frozenset(_judged)


def is_repository(folder: str) -> bool:
    """Whether a folder is the root of a repository."""
    return os.path.lexists(os.path.join(folder, ".git"))


def repository_of(folder: str) -> str | None:
    """The nearest folder from an absolute one upwards that holds `.git`."""
    current = folder
    while not is_repository(current):
        above = os.path.dirname(current)
        if above == current:
            return None
        current = above
    return current


def nearest(folder: str, name: str) -> str | None:
    """The path of the nearest file of that name from `folder` up to the root of its repository.

    A link to nothing, or a pipe, is found as well: who means a file is told that it is none.
    """
    return Ancestors().nearest(folder, name)


def root_of(folder: str) -> str:
    """The root of the repository that a folder is in.

    Outside of any it is where the user stands, else the outermost folder that the user named and
    in which it lies, else the folder itself.
    """
    return Ancestors().root_of(folder)


def _holds(folder: str, path: str) -> bool:
    return os.path.commonpath((folder, path)) == folder


class Ancestors:
    """What is found in the folders above others, each of which is looked into once.

    For one run: what comes to be in a folder later is not seen.
    """

    def __init__(self) -> None:
        self._repositories: dict[str, bool] = {}
        self._files: dict[tuple[str, str], bool] = {}

    def nearest(self, folder: str, name: str) -> str | None:
        """As the function of this name."""
        current = os.path.abspath(folder)
        while not self._is_file(current, name):
            above = os.path.dirname(current)
            if above == current or self._is_repository(current):
                return None
            current = above
        return os.path.join(current, name)

    def root_of(self, folder: str) -> str:
        """As the function of this name."""
        start = current = os.path.abspath(folder)
        while not self._is_repository(current):
            above = os.path.dirname(current)
            if above == current:
                return next((one for one in (os.getcwd(), *_named) if _holds(one, start)), start)
            current = above
        return current

    def _is_repository(self, folder: str) -> bool:
        known = self._repositories.get(folder)
        if known is None:
            known = self._repositories[folder] = is_repository(folder)
        return known

    def _is_file(self, folder: str, name: str) -> bool:
        key = (folder, name)
        if key not in self._files:
            path = os.path.join(folder, name)
            self._files[key] = os.path.lexists(path) and not os.path.isdir(path)
        return self._files[key]
