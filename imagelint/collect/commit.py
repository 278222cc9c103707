"""Read files as they stand at a commit, from git's objects: nothing is checked out."""

from __future__ import annotations

import os
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from imagelint.collect.deadline import NEVER
from imagelint.collect.files import display
from imagelint.collect.findup import repository_of
from imagelint.collect.git import MOST_BYTES, ask
from imagelint.collect.read import LARGEST_FILE
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem
from imagelint.core.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.process import CompletedProcess

_MOST_LINKS = 10
_LINK, _FILE = "120000", "100"
# https://git-scm.com/docs/git-check-ref-format, and what revisions add: `main~2`, `v1^{commit}`.
_REVISION = pattern(r"[^\s\-:*?\[\\\x00-\x20\x7f][^\s:*?\[\\\x00-\x20\x7f]*")
_FULL_NAME = pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
_UNDECODED = pattern(r"[\ud800-\udfff]")
_SHORT = 12
_SHA1 = 40
_MOST_WORDS = 4_000  # of the names of objects that are asked for at once
_MOST_HELD = 32 * 1024 * 1024  # bytes of objects


class CommitEntry(NamedTuple):
    """One file of a commit: its mode as git writes it, and the name of its object."""

    mode: str
    object: str


class Commit(NamedTuple):
    """A commit of the repository at a folder; `ref` is how it was called, `sha` its full name.

    `entries` are its files by their path from the repository's root. Git is asked for what they
    hold until the `deadline`.
    """

    repository: str
    ref: str
    sha: str
    entries: dict[str, CommitEntry]
    deadline: Deadline = NEVER

    @property
    def name(self) -> str:
        """The commit for people: `origin/main (1a2b3c4d5e6f)`."""
        return f"{self.ref} ({self.short})"

    @property
    def short(self) -> str:
        """The beginning of its name."""
        return self.sha[:_SHORT]

    def path_of(self, path: str) -> str:
        """A path of the file system as one of the commit; empty for the repository's root.

        Raises:
            ValueError: it lies outside of the repository.
        """
        for absolute in (os.path.abspath(path), os.path.realpath(path)):
            if os.path.commonpath((absolute, self.repository)) == self.repository:
                inside = os.path.relpath(absolute, self.repository)
                return "" if inside == os.curdir else inside.replace(os.sep, "/")
        message = f"it lies outside of {display(self.repository)}"
        raise ValueError(message)

    def holds(self, path: str) -> bool:
        """Whether there is a file, or a link, at a path from the repository's root."""
        return path in self.entries

    def object_of(self, path: str) -> str:
        """The name of the object that a file of the file system is at the commit.

        Raises:
            ValueError: it is not there.
        """
        return self.at(self.path_of(path))[1].object

    def is_same(self, path: str, data: bytes) -> bool:
        """Whether a file of the file system, which holds some bytes, holds them at the commit."""
        try:
            return _holds(self.object_of(path), data)
        except ValueError:
            return False

    def holds_at(self, path: str, data: bytes) -> bool:
        """Whether what the commit has at a path, which it has, are these bytes."""
        return _holds(self.entries[path].object, data)

    def read(self, path: str) -> Source:
        """A file as it stands at the commit. `path` is one of the file system.

        The origin of the source is the path with the commit: `.imagelint.yaml@1a2b3c4d5e6f`.

        Raises:
            ValueError: it is not there, or is no text.
        """
        _, entry = self.at(self.path_of(path))
        text = self._blob(entry)
        if "\0" in text or _UNDECODED.search(text):
            message = f"{display(path)} is no text at {self.name}"
            raise ValueError(message)
        return Source(f"{display(path)}@{self.short}", text)

    def contents(self, objects: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The bytes of objects, with their names; not of those that are larger than we read.

        Raises:
            ValueError: git does not give them: a partial clone lacks some.
        """
        for names in _batches(tuple(dict.fromkeys(objects))):
            for wanted in _pieces(self._sizes(names)):
                data = self._batch("--batch", wanted)
                at = 0
                for name in wanted:
                    end = data.index(b"\n", at)
                    start, size = end + 1, int(data[at:end].split()[2])
                    yield name, data[start : start + size]
                    at = start + size + 1

    def _sizes(self, names: tuple[str, ...]) -> Iterator[tuple[str, int]]:
        lines = self._batch("--batch-check", names).splitlines()
        if any(line.endswith(b" missing") for line in lines):
            message = f"some files of {self.name} are not in this clone"
            raise ValueError(message)
        return ((name, int(line.split()[2])) for name, line in zip(names, lines, strict=True))

    def _batch(self, form: str, names: Iterable[str]) -> bytes:
        asked = "".join(f"{name}\n" for name in names)
        done = self._ask(("cat-file", form), standard_input=asked)
        return _answer(done).encode("utf-8", "surrogateescape")

    def at(self, path: str) -> tuple[str, CommitEntry]:
        """The file at a path of the commit, and where it is; links are followed inside of it.

        Raises:
            ValueError: there is none.
        """
        for _ in range(_MOST_LINKS):
            entry = self.entries.get(path)
            if entry is None:
                message = f"there is no {path} at {self.name}"
                raise ValueError(message)
            if entry.mode.startswith(_FILE):
                return path, entry
            if entry.mode != _LINK:
                message = f"{path} is no file at {self.name}"
                raise ValueError(message)
            path = _joined(path, self._blob(entry))
        message = f"{path} is a link to links at {self.name}"
        raise ValueError(message)

    def _blob(self, entry: CommitEntry) -> str:
        return _answer(self._ask(("cat-file", "blob", entry.object), LARGEST_FILE))

    def _ask(
        self, words: tuple[str, ...], most_bytes: int = MOST_BYTES, standard_input: str = ""
    ) -> CompletedProcess | Problem:
        place, end = self.repository, self.deadline
        return ask(
            place, place, words, most_bytes=most_bytes, standard_input=standard_input, deadline=end
        )


def _holds(name: str, data: bytes) -> bool:
    """Whether an object of that name are these bytes."""
    from hashlib import new

    kind = "sha1" if len(name) == _SHA1 else "sha256"
    said = new(kind, b"blob %d\0" % len(data) + data, usedforsecurity=False)
    return said.hexdigest() == name


def read_commit(
    ref: str, folder: str, option: str = "--policy-from", *, deadline: Deadline = NEVER
) -> Commit:
    """The commit that a revision means in the repository of a folder; `option` asked for it.

    Git is asked until the `deadline`, now and for what the commit holds.

    Raises:
        UsageError: it is no revision, means no commit or several, or its files are not there.
    """
    repository = _repository(ref, folder, option)
    sha = _resolve(ref, repository, option, deadline)
    return _listed(ref, sha, repository, option, deadline)


def read_fork(ref: str, folder: str, option: str) -> Commit:
    """The commit at which what is checked out in a folder left a revision: their merge base.

    Raises:
        UsageError: as of `read_commit`, or there is no such commit here.
    """
    repository = _repository(ref, folder, option)
    sha = _resolve(ref, repository, option)
    done = ask(repository, repository, ("merge-base", sha, "HEAD"))
    if isinstance(done, Problem):
        raise _refused(option, f"git cannot be asked for `{ref}`: {done.detail}", done.help)
    base = done.stdout.strip()
    if done.code != 0 or not base:
        message = f"what is checked out and `{ref}` have no commit in common here"
        raise _refused(option, message, _how_to_deepen(ref, repository))
    return _listed(ref, base, repository, option)


def _repository(ref: str, folder: str, option: str) -> str:
    if not _REVISION.fullmatch(ref) or ".." in ref:
        raise _refused(option, f"`{ref}` is not a revision", "name a branch, a tag or a commit")
    repository = repository_of(os.path.realpath(folder))
    if repository is None:
        message = f"{display(folder)} is in no git repository"
        or_else = ", or name a policy file with --policy" if option == "--policy-from" else ""
        raise _refused(option, message, f"use it in a checkout{or_else}")
    return repository


def _listed(ref: str, sha: str, repository: str, option: str, deadline: Deadline = NEVER) -> Commit:
    listing = ("ls-tree", "-r", "-z", "--full-tree", sha)
    try:
        listed = _answer(ask(repository, repository, listing, deadline=deadline))
    except ValueError as error:
        message = f"the files of `{ref}` cannot be listed: {error}"
        raise _refused(option, message, _how_to_fetch(ref)) from None
    return Commit(repository, ref, sha, _entries(listed), deadline)


def _resolve(ref: str, repository: str, option: str, deadline: Deadline = NEVER) -> str:
    query = ("rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}")
    words = ("-c", "core.warnAmbiguousRefs=true", *query)
    done = ask(repository, repository, words, deadline=deadline)
    if isinstance(done, Problem):
        raise _refused(option, f"git cannot be asked for `{ref}`: {done.detail}", done.help)
    if done.code != 0:
        raise _refused(option, f"there is no commit `{ref}` in this repository", _how_to_fetch(ref))
    if "ambiguous" in done.stderr and not _FULL_NAME.fullmatch(ref):
        # Whoever may push a tag could name it as a branch is named.
        help_ = f"say which: refs/remotes/{ref}, refs/heads/{ref}, refs/tags/{ref}, or the commit"
        raise _refused(option, f"`{ref}` means several things in this repository", help_)
    return done.stdout.strip()


def _batches(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """So many names at a time as a program takes at once."""
    size = _MOST_WORDS // (len(names[0]) + 1) if names else 1
    return (names[at : at + size] for at in range(0, len(names), size))


def _pieces(sizes: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    """Of objects and their sizes those that we read, so many at a time as are held at once."""
    piece: list[str] = []
    held = 0
    for name, size in sizes:
        if size > LARGEST_FILE:
            continue
        if piece and held + size > _MOST_HELD:
            yield piece
            piece, held = [], 0
        piece.append(name)
        held += size
    if piece:
        yield piece


def _answer(done: CompletedProcess | Problem) -> str:
    """What git wrote.

    Raises:
        ValueError: it could not.
    """
    if isinstance(done, Problem):
        message = done.detail
    elif done.code == 0:
        return done.stdout
    else:
        lines = done.stderr.strip().splitlines()
        message = lines[-1] if lines else f"git ended with {done.code}"
    raise ValueError(message)


def _entries(listed: str) -> dict[str, CommitEntry]:
    """Each line is `<mode> <type> <object>`, a tab, and the path."""
    found: dict[str, CommitEntry] = {}
    for line in filter(None, listed.split("\0")):
        facts, _, path = line.partition("\t")
        mode, _, name = facts.split(" ")
        found[path] = CommitEntry(mode, name)
    return found


def _joined(link: str, target: str) -> str:
    """What a link of the commit leads to.

    Raises:
        ValueError: it lies outside of the repository.
    """
    joined = normpath(join(dirname(link), target))
    if target.startswith("/") or joined.split("/")[0] == os.pardir:
        message = f"{link} is a link that leads out of the repository"
        raise ValueError(message)
    return joined


def _how_to_fetch(ref: str) -> str:
    if any(mark in ref for mark in ("^", "~", "@{")):
        # What only the history of a commit leads to: a remote has no name for it.
        return "a shallow clone lacks it: `git fetch --deepen=10`, or `fetch-depth: 0`"
    remote, _, branch = ref.partition("/")
    wanted = f"{remote} {branch}" if branch and remote != "refs" else f"origin {ref}"
    return (
        f"fetch it first, `git fetch --depth=1 {wanted}`; actions/checkout has only the commit"
        " that it checks out unless it is told `fetch-depth: 0`"
    )


def _how_to_deepen(ref: str, repository: str) -> str:
    shallow = ask(repository, repository, ("rev-parse", "--is-shallow-repository"))
    if not isinstance(shallow, Problem) and shallow.stdout.strip() == "true":
        return (
            "this clone is shallow: `git fetch --unshallow`, or `fetch-depth: 0` of"
            " actions/checkout; for a pull request `fetch-depth: 2` with HEAD^ is enough"
        )
    return f"name a commit that both come from: is `{ref}` of another history?"


def _refused(option: str, message: str, help_: str) -> UsageError:
    return UsageError(Diagnostic(f"{option}: {message}", help=help_))
