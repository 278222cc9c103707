"""In which files a working tree is another than a commit, and what these were there.

Git is not asked for it: what it would compare by, filters and programs that turn files into text,
may be configured by whoever made the repository. Files are compared by their bytes, or, where the
index shows that nobody touched one since git wrote it, by that.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from imagelint.collect.commit import CommitEntry, read_commit
from imagelint.collect.files import display
from imagelint.collect.gitindex import IndexEntry, read_index, written
from imagelint.collect.read import read_bytes
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.collect.commit import Commit

_LINK, _MODULE, _FILE = "120000", "160000", "100"
_LOW = 0xFFFFFFFF


class Differences(NamedTuple):
    """What differs, by absolute path: the text at the commit, or None where there was no file.

    Bytes that are not UTF-8 are surrogates (`surrogateescape`). `gone` are the files that are there
    no longer.
    """

    texts: Mapping[str, str | None]
    gone: tuple[str, ...]


def differences(commit: Commit, present: Iterable[str], option: str) -> Differences:
    """How a working tree differs from a commit, its submodules from the commits that it names.

    `present` are the absolute paths of files that are there, tracked or not; `option` asked.

    Raises:
        UsageError: a file, or the commit of a submodule, is not in this clone.
    """
    texts: dict[str, str | None] = {}
    gone: list[str] = []
    known: set[str] = set()
    pending = [commit]
    while pending:
        one = pending.pop()
        pending += _modules(one, option)
        known.update(os.path.join(one.repository, path) for path in one.entries)
        found = _Comparison(one).run()
        texts |= _texts(one, found, option)
        gone += (os.path.join(one.repository, path) for path in found.gone)
    texts |= dict.fromkeys((path for path in present if path not in known), None)
    return Differences(texts, tuple(sorted(gone)))


class _Found(NamedTuple):
    """The entries of files that are others now, by path; `absent` are in one of both at most."""

    changed: Mapping[str, CommitEntry]
    gone: tuple[str, ...]
    absent: tuple[str, ...]


class _Comparison:
    """Compares the files of one repository with those of a commit."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._index = read_index(commit.repository) or {}
        self._written = written(commit.repository)

    def run(self) -> _Found:
        changed: dict[str, CommitEntry] = {}
        gone: list[str] = []
        absent = [path for path in self._index if path not in self._commit.entries]
        links: list[str] = []
        for path, entry in self._commit.entries.items():
            if entry.mode == _MODULE:
                continue
            if entry.mode == _LINK:
                links.append(path)
            status = self._status(path)
            if status is None and self._is_skipped(path):
                absent.append(path)
            elif status is None:
                gone.append(path)
            elif not self._is_same(path, entry, status):
                changed[path] = entry
        others = {*changed, *gone}
        for path in links:
            changed.update(self._behind(path, others))
        changed.update((path, self._commit.entries[path]) for path in gone if path not in links)
        return _Found(changed, tuple(path for path in gone if path not in links), tuple(absent))

    def _behind(self, link: str, others: set[str]) -> Iterator[tuple[str, CommitEntry]]:
        """What a link led to, where it, or what it leads to, is another now."""
        try:
            path, entry = self._commit.at(link)
        except ValueError:
            return
        if link in others or path in others:
            yield link, entry

    def _status(self, path: str) -> os.stat_result | None:
        try:
            return os.lstat(os.path.join(self._commit.repository, path))
        except OSError:
            return None

    def _is_skipped(self, path: str) -> bool:
        known = self._index.get(path)
        return known is not None and known.skipped

    def _is_same(self, path: str, entry: CommitEntry, status: os.stat_result) -> bool:
        known = self._index.get(path)
        if known is not None and self._is_untouched(known, status):
            return known.object == entry.object
        place = os.path.join(self._commit.repository, path)
        if stat.S_ISLNK(status.st_mode) or entry.mode == _LINK:
            is_link = stat.S_ISLNK(status.st_mode) and entry.mode == _LINK
            return is_link and self._commit.holds_at(path, os.fsencode(os.readlink(place)))
        data = read_bytes(place, path, self._commit.repository)
        return not isinstance(data, Problem) and self._commit.holds_at(path, data)

    def _is_untouched(self, known: IndexEntry, status: os.stat_result) -> bool:
        """Whether a file is as git last saw it, as git itself tells; not where it may be a race."""
        return (
            not known.merging
            and known.mode >> 12 == status.st_mode >> 12
            and known.size == status.st_size & _LOW
            and known.modified == status.st_mtime_ns
            and known.changed == status.st_ctime_ns
            and known.modified < self._written
        )


def _texts(commit: Commit, found: _Found, option: str) -> dict[str, str | None]:
    try:
        contents = commit.contents(entry.object for entry in found.changed.values())
    except ValueError as error:
        help_ = "fetch them, `git fetch --refetch`, or clone without `--filter`"
        raise UsageError(Diagnostic(f"{option}: {error}", help=help_)) from None
    texts: dict[str, str | None] = {
        os.path.join(commit.repository, path): contents[entry.object].decode(
            "utf-8", "surrogateescape"
        )
        for path, entry in found.changed.items()
        if entry.object in contents
    }
    absent = (os.path.join(commit.repository, path) for path in found.absent)
    return {**texts, **dict.fromkeys(absent, None)}


def _modules(commit: Commit, option: str) -> Iterator[Commit]:
    """The commits of the submodules that are checked out."""
    for path, entry in commit.entries.items():
        folder = os.path.join(commit.repository, path)
        if entry.mode != _MODULE or not os.path.lexists(os.path.join(folder, ".git")):
            continue
        try:
            yield read_commit(entry.object, folder, option)
        except UsageError:
            said = f"{option}: the submodule {display(folder)} has no commit {entry.object}"
            help_ = f"fetch it, `git -C {display(folder)} fetch --unshallow`, or `submodules: true`"
            raise UsageError(Diagnostic(said, help=help_)) from None
