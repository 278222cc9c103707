"""Below which folders a run examined everything: only there can something be called unused."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.files import never_examined
from imagelint.core.record import NamedTuple
from imagelint.core.report import IgnoreReason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from imagelint.core.report import Report


class Coverage(NamedTuple):
    """The `paths` that were examined, of these the `folders`, and what was `absent` in them.

    `above` are the folders that lead to the paths. All are without links.
    """

    paths: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()

    @classmethod
    def of(cls, paths: Iterable[str], reports: Mapping[str, Report]) -> Coverage:
        """What was examined at some paths, by the reports about it."""
        named = frozenset(map(os.path.realpath, paths))
        absent = (
            os.path.realpath(origin)
            for origin, report in reports.items()
            if any(one.reason is IgnoreReason.NOT_CHECKED_OUT for one in report.ignored)
        )
        folders = frozenset(filter(os.path.isdir, named))
        return cls(named, folders, frozenset(absent), _above(named))

    def is_whole(self, folder: str) -> bool:
        """Whether all that lies below a folder was examined, however that was named."""
        place = os.path.realpath(folder)
        return self._holds(place) and not any(_within(one, {place}) for one in self.absent)

    def was_examined(self, path: str) -> bool:
        """Whether there would be findings about a file, which may be gone, if there were any."""
        place = os.path.realpath(path)
        return _within(place, self.folders) and not _within(place, self.absent)

    def _holds(self, place: str) -> bool:
        """Whether a folder lies below those that were named, or all that is in it does."""
        pending = [place]
        while pending:
            folder = pending.pop()
            if _within(folder, self.folders):
                continue
            entries = self._entries(folder)
            if entries is None:
                return False
            for entry in entries:
                if entry.path in self.paths or never_examined(entry):
                    continue
                if not entry.is_dir(follow_symlinks=False):
                    return False
                pending.append(entry.path)
        return True

    def _entries(self, folder: str) -> tuple[os.DirEntry[str], ...] | None:
        """What is in a folder that leads to what was named; None for another one."""
        if folder not in self.above:
            return None
        try:
            return tuple(os.scandir(folder))
        except OSError:
            return None


def _above(paths: Iterable[str]) -> frozenset[str]:
    """The folders that hold some absolute paths, and those that hold these: each is met once."""
    found: set[str] = set()
    for path in paths:
        folder = os.path.dirname(path)
        while folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return frozenset(found)


def _within(path: str, places: AbstractSet[str]) -> bool:
    """Whether an absolute path is one of some places, or lies below one."""
    while path not in places:
        above = os.path.dirname(path)
        if above == path:
            return False
        path = above
    return True
