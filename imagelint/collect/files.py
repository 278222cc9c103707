"""Find files as git sees them: what is ignored stays out, what is named is always examined."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.detect import candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_NEVER = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", ".tox"})


class FoundFile(NamedTuple):
    """A file to examine: where it is, how the user would name it, whether the user named it."""

    path: str
    origin: str
    named: bool = False


class FileListing(NamedTuple):
    """The files that were found, in a stable order, and what could not be listed.

    `left_out` are the origins of files that the policy excludes, and of links that have the name
    of a file of ours: what they lead to is examined where it lies.
    """

    files: tuple[FoundFile, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[str, ...] = ()


def find(
    paths: Iterable[str],
    excluded: Callable[[str], bool],
    listed_by_git: Callable[[str], Iterable[str] | None],
) -> FileListing:
    """All files below the paths that may be ours, each once.

    `listed_by_git` gives the files that git knows or would know below a folder, relative to it,
    or None where git cannot tell; `excluded` says whether the policy leaves a found path out.
    A named file is taken whatever its name; a path that is not there is a problem.
    """
    files: dict[str, FoundFile] = {}
    problems: list[Problem] = []
    left_out: set[str] = set()
    for path in paths:
        if os.path.isdir(path):
            for found in _below(path, listed_by_git):
                if isinstance(found, Problem):
                    problems.append(found)
                elif os.path.islink(found.path) or excluded(found.path):
                    left_out.add(found.origin)
                else:
                    files.setdefault(found.origin, found)
        elif os.path.lexists(path):
            origin = display(path)
            files[origin] = FoundFile(path, origin, named=True)
        else:
            origin = display(path)
            problems.append(Problem(ProblemKind.UNREADABLE, origin, "no such file or folder"))
    ordered = tuple(files[origin] for origin in sorted(files))
    return FileListing(ordered, tuple(problems), tuple(sorted(left_out.difference(files))))


def display(path: str) -> str:
    """A path relative to where the user stands, with `/`; absolute when it lies elsewhere."""
    absolute = os.path.abspath(path)
    relative = os.path.relpath(absolute)
    shown = absolute if relative.startswith(os.pardir + os.sep + os.pardir) else relative
    return shown.replace(os.sep, "/")


def _below(
    folder: str, listed_by_git: Callable[[str], Iterable[str] | None]
) -> Iterator[FoundFile | Problem]:
    names = listed_by_git(folder)
    walked = _walk(folder) if names is None else _resolve(folder, names)
    for path in walked:
        if isinstance(path, Problem):
            yield path
        elif candidate(path):
            yield FoundFile(path, display(path))


def _resolve(folder: str, names: Iterable[str]) -> Iterator[str | Problem]:
    """Paths for what git lists; a submodule is listed as a folder and walked as one."""
    for name in names:
        path = os.path.join(folder, name)
        if os.path.isdir(path) and not os.path.islink(path):
            yield from _walk(path)
        elif candidate(name) and (os.path.isfile(path) or os.path.islink(path)):
            yield path


def _walk(folder: str) -> Iterator[str | Problem]:
    """All files below a folder without following links, honouring `.gitignore` on the way."""
    from imagelint.collect.gitignore import GitignoreRules

    stack = [(folder, GitignoreRules())]
    while stack:
        current, above = stack.pop()
        try:
            entries = sorted(os.scandir(current), key=lambda entry: entry.name)
        except OSError as error:
            detail = os.strerror(error.errno or 0).lower()
            yield Problem(ProblemKind.UNREADABLE, display(current), f"cannot be listed: {detail}")
            continue
        ignored = above.inside(current, {entry.name for entry in entries})
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name in _NEVER or ignored.hides(entry.path, is_folder=is_folder):
                continue
            if is_folder:
                stack.append((entry.path, ignored))
            elif entry.is_file(follow_symlinks=False) or entry.is_symlink():
                yield entry.path
