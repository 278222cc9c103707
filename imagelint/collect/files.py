"""Find files as git sees them: what is ignored stays out, unless it is named."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import Ignored, IgnoreReason, Problem, ProblemKind
from imagelint.documents.detect import candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_NEVER = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", ".tox"})


class FoundFile(NamedTuple):
    """A file to examine: where it is, how the user would name it, whether the user named it.

    `kind` is the kind of document that the user says it is; empty: its name and content tell.
    """

    path: str
    origin: str
    named: bool = False
    kind: str = ""


class FileListing(NamedTuple):
    """The files that were found, in a stable order, and what could not be listed.

    `left_out` are files that the policy excludes, and links that have the name of a file of ours.
    """

    files: tuple[FoundFile, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[Ignored, ...] = ()


def find(
    paths: Iterable[str],
    excluded: Callable[[str], bool],
    listed_by_git: Callable[[str], Iterable[str] | None],
) -> FileListing:
    """All files below the paths that may be ours, each once.

    `listed_by_git` gives the files that git knows or would know below a folder, relative to it,
    or None where git cannot tell; `excluded` says whether the policy leaves a found path out.
    A named file is taken whatever its name, unless it is excluded; a path that is not there is a
    problem.
    """
    files: dict[str, FoundFile] = {}
    problems: list[Problem] = []
    left_out: dict[str, IgnoreReason] = {}
    for found in _at(paths, listed_by_git):
        if isinstance(found, Problem):
            problems.append(found)
            continue
        reason = _reason(found, excluded)
        if reason is not None:
            left_out[found.origin] = reason
        elif found.named or found.origin not in files:
            files[found.origin] = found
    ordered = tuple(files[origin] for origin in sorted(files))
    ignored = (Ignored(origin, why) for origin, why in sorted(left_out.items()))
    return FileListing(
        ordered, tuple(problems), tuple(each for each in ignored if each.origin not in files)
    )


def _reason(found: FoundFile, excluded: Callable[[str], bool]) -> IgnoreReason | None:
    """Why a file is left out; None when it is not."""
    if os.path.islink(found.path) and not found.named:
        return IgnoreReason.LINK
    return IgnoreReason.EXCLUDED if excluded(found.path) else None


def display(path: str) -> str:
    """A path relative to where the user stands, with `/`; absolute when it lies elsewhere."""
    absolute = os.path.abspath(path)
    relative = os.path.relpath(absolute)
    shown = absolute if relative.startswith(os.pardir + os.sep + os.pardir) else relative
    return shown.replace(os.sep, "/")


def relative_to(folder: str, path: str) -> str:
    """A path as it is from a folder, with `/`."""
    return os.path.relpath(path, folder or ".").replace(os.sep, "/")


def as_from(file: str, path: str) -> str:
    """A path as it is from the folder that a file is in."""
    return relative_to(os.path.dirname(file), path)


def _at(
    paths: Iterable[str], listed_by_git: Callable[[str], Iterable[str] | None]
) -> Iterator[FoundFile | Problem]:
    for path in paths:
        if os.path.isdir(path):
            yield from _below(path, listed_by_git)
        elif os.path.lexists(path):
            yield FoundFile(path, display(path), named=True)
        else:
            yield Problem(ProblemKind.UNREADABLE, display(path), "no such file or folder")


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
