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
from imagelint.collect.git import list_files
from imagelint.collect.gitindex import IndexEntry, read_index, written
from imagelint.collect.read import read_bytes
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from imagelint.collect.commit import Commit

_LINK, _MODULE, _FILE = "120000", "160000", "100"
_LOW = 0xFFFFFFFF
_MARK = 2  # bytes that tell UTF-16


class Differences(NamedTuple):
    """What differs, by absolute path: the text at the commit, or None where there was no file.

    Of a file that was larger than we read nothing is known: None as well. What was binary is kept
    as no more than that. Bytes that are not UTF-8 are surrogates (`surrogateescape`). `gone` are
    the files that are there no longer.
    """

    texts: Mapping[str, str | None]
    gone: tuple[str, ...]


class Present(NamedTuple):
    """Files that are there, by absolute path: `found` for the run, tracked or not, or looked at."""

    found: Collection[str]
    consulted: Collection[str] = ()


def differences(commit: Commit, present: Present, option: str) -> Differences:
    """How a working tree differs from a commit, its submodules from the commits that it names.

    What was looked at and git ignores is taken for the same; `option` asked.

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
    texts |= dict.fromkeys((path for path in present.found if path not in known), None)
    untracked = [path for path in present.consulted if path not in known and path not in texts]
    texts |= dict.fromkeys(_unignored(commit.repository, untracked), None)
    return Differences(texts, tuple(sorted(gone)))


def _unignored(repository: str, untracked: Iterable[str]) -> Iterator[str]:
    """Of files that the commit does not have those that would be committed."""
    there = [path for path in untracked if os.path.isfile(path)]
    listed = list_files(repository) if there else ()
    if listed is None:
        yield from there
        return
    names = {os.path.join(repository, name) for name in listed}
    yield from (path for path in there if path in names)


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
        absent += self._new_behind(links, others)
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

    def _new_behind(self, links: list[str], others: set[str]) -> Iterator[str]:
        """The links behind which there was no file, as far as is known, where there is one now."""
        steady = others.isdisjoint(links)
        for path in links:
            if self._led_nowhere(path) and not (steady and self._is_behind_folders(path, others)):
                yield path

    def _led_nowhere(self, link: str) -> bool:
        """Whether there was no file behind a link, or none that it names itself, and is one now."""
        try:
            self._commit.at(link)
        except ValueError:
            return os.path.isfile(os.path.join(self._commit.repository, link))
        return False

    def _is_behind_folders(self, link: str, others: set[str]) -> bool:
        """Whether a link, none of them being another now, leads by others to what is the same."""
        root = self._commit.repository
        place = os.path.relpath(os.path.realpath(os.path.join(root, link)), root)
        return place in self._commit.entries and place not in others

    def _status(self, path: str) -> os.stat_result | None:
        try:
            return os.lstat(os.path.join(self._commit.repository, path))
        except OSError:
            return None

    def _is_skipped(self, path: str) -> bool:
        known = self._index.get(path)
        if known is not None:
            return known.skipped
        # A sparse index has a folder that is left out as a whole, and nothing of what is in it.
        while path := os.path.dirname(path):
            if f"{path}/" in self._index:
                return True
        return False

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
    objects = (entry.object for entry in found.changed.values())
    try:
        contents = {name: _text(data) for name, data in commit.contents(objects)}
    except ValueError as error:
        help_ = "fetch them, `git fetch --refetch`, or clone without `--filter`"
        raise UsageError(Diagnostic(f"{option}: {error}", help=help_)) from None
    texts = {path: contents.get(entry.object) for path, entry in found.changed.items()}
    texts |= dict.fromkeys(found.absent, None)
    return {os.path.join(commit.repository, path): text for path, text in texts.items()}


def _text(data: bytes) -> str:
    """What was in a file: of a binary one, which may be large, only that it is one."""
    said = data[:_MARK] + b"\0" if b"\0" in data else data
    return said.decode("utf-8", "surrogateescape")


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
