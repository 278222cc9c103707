"""Find files as git sees them: what is ignored stays out, unless it is named."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING

from imagelint.collect.findup import judge_in, repository_of, root_of, stand_in
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import Ignored, IgnoreReason, Problem, ProblemKind
from imagelint.documents.detect import candidate, same_by_name
from imagelint.documents.kinds import of_another_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from imagelint.collect.gitignore import GitignoreRules

# What version control keeps for itself, and what tools install or build for themselves.
_HISTORY = ".git"
_MOST_HELPED = 20  # missing paths of which it is told what may be meant
# What makes a relative path more than its names: a root, an empty name, `.` and `..`.
_TO_RESOLVE = pattern(r"(?:^|/)\.{0,2}(?:/|$)")
_INSTALLED = frozenset({"node_modules", "__pycache__", ".venv", ".tox", ".hg", ".svn"})


class FoundFile(NamedTuple):
    """A file to examine: where it is, how the user would name it, whether the user named it.

    `kind` is the kind of document that the user says it is; empty: its name and content tell.
    `within` is the folder, without links, out of which nothing is read; empty: read it wherever.
    `target` is the file that a link leads to, empty where the path is no link.
    """

    path: str
    origin: str
    named: bool = False
    kind: str = ""
    within: str = ""
    target: str = ""


class FileListing(NamedTuple):
    """The files that were found, in a stable order, and what could not be listed.

    `left_out` are files that the policy excludes, links to files that are examined anyway, what
    git ignores, and what it tracks and has not checked out.
    """

    files: tuple[FoundFile, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[Ignored, ...] = ()


def find(
    paths: Iterable[str],
    excluded: Callable[[str], bool],
    listed_by_git: Callable[[str], Iterable[str] | None],
    ignored_by_git: Callable[[str], Iterable[str]] = lambda _folder: (),
) -> FileListing:
    """All files below the paths that may be ours, each once.

    `listed_by_git` gives the files that git knows or would know below a folder, relative to it,
    or None where git cannot tell, `ignored_by_git` those that it ignores, folders with `/` behind
    them; `excluded` says whether the policy leaves a found path out.
    A named file is taken whatever its name, unless it is excluded; a path that is not there is a
    problem. What a link leads to is taken under the link's name if it lies in the same repository
    and is not taken as the same under its own; a link that leads elsewhere is a problem.
    """
    paths = tuple(paths)
    folders = {path: os.path.isdir(path) for path in paths}
    stand_in(path for path, is_folder in folders.items() if is_folder)
    judge_in(path if is_folder else os.path.dirname(path) for path, is_folder in folders.items())
    files: dict[str, FoundFile] = {}
    problems: list[Problem] = []
    left_out: dict[str, IgnoreReason] = {}
    for found in _at(paths, _Git(listed_by_git, ignored_by_git)):
        if isinstance(found, Problem):
            problems.append(found)
        elif isinstance(found, Ignored):
            left_out[found.origin] = found.reason
        elif excluded(found.path):
            left_out[found.origin] = IgnoreReason.EXCLUDED
        elif found.named or found.origin not in files:
            files[found.origin] = found
    for link, answer in _unexamined_links(files):
        del files[link.origin]
        if isinstance(answer, Problem):
            problems.append(answer)
        else:
            left_out[link.origin] = answer
    return _listing(files, problems, left_out)


def _listing(
    files: dict[str, FoundFile], problems: list[Problem], left_out: dict[str, IgnoreReason]
) -> FileListing:
    ordered = tuple(files[origin] for origin in sorted(files))
    ignored = (Ignored(origin, why) for origin, why in sorted(left_out.items()))
    return FileListing(
        ordered, tuple(problems), tuple(each for each in ignored if each.origin not in files)
    )


def _unexamined_links(
    files: dict[str, FoundFile],
) -> list[tuple[FoundFile, Problem | IgnoreReason]]:
    """The links of which nothing is examined under their own name, and why."""
    found: list[tuple[FoundFile, Problem | IgnoreReason]] = []
    for link in files.values():
        problem = _unfit(link) if link.target else None
        if problem is not None:
            found.append((link, problem))
        elif link.target and not link.named and _is_taken(link, files):
            found.append((link, IgnoreReason.LINK))
    return found


def _unfit(link: FoundFile) -> Problem | None:
    """The problem of a link that leads out of bounds, or to nothing."""
    if not _is_below(link.target, link.within):
        detail = f"is a link that leads out of {display(link.within)}"
        help_ = "name the file that it leads to, or exclude the link in the policy (`exclude:`)"
        return Problem(ProblemKind.UNREADABLE, link.origin, detail, help_)
    if not os.path.exists(link.target):
        return Problem(ProblemKind.UNREADABLE, link.origin, "is a link that leads to nothing")
    return None


def _is_taken(link: FoundFile, files: dict[str, FoundFile]) -> bool:
    """Whether what a link leads to is taken under its own name, and as the same."""
    target = display(link.target)
    return os.path.isdir(link.target) or (target in files and same_by_name(target, link.origin))


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def names_in(folder: str, most: int) -> tuple[str, ...]:
    """The names in a folder, those of folders with a slash behind; none where it cannot be read.

    Of more than `most` there is one more than that.
    """
    try:
        with os.scandir(folder) as entries:
            some = islice(entries, most + 1)
            return tuple(f"{one.name}/" if one.is_dir() else one.name for one in some)
    except OSError:
        return ()


def display(path: str) -> str:
    """A path relative to where the user stands, with `/`; absolute when it lies elsewhere."""
    plain = path.removeprefix("./")
    if plain and os.sep == "/" and not _TO_RESOLVE.search(plain):
        return plain
    absolute = os.path.abspath(path)
    relative = os.path.relpath(absolute)
    shown = absolute if relative.startswith(os.pardir + os.sep + os.pardir) else relative
    return shown.replace(os.sep, "/")


def never_examined(entry: os.DirEntry[str]) -> bool:
    """Whether nothing is ever found at a place: a file by its name, or what tools keep there."""
    if entry.is_dir(follow_symlinks=False):
        return entry.name == _HISTORY or entry.name in _INSTALLED
    return not _may_be_ours(entry.path)


def relative_to(folder: str, path: str) -> str:
    """A path as it is from a folder, with `/`."""
    return os.path.relpath(path, folder or ".").replace(os.sep, "/")


def as_from(file: str, path: str) -> str:
    """A path as it is from the folder that a file is in."""
    return relative_to(os.path.dirname(file), path)


class _Git(NamedTuple):
    """What git says of a folder: the files that it knows, and those that it ignores."""

    lists: Callable[[str], Iterable[str] | None]
    ignores: Callable[[str], Iterable[str]]


def _at(paths: Iterable[str], git: _Git) -> Iterator[FoundFile | Problem | Ignored]:
    missing = 0
    for path in paths:
        if os.path.isdir(path):
            bounds = os.path.realpath(root_of(path))
            for each in _below(path, git):
                yield _found(each, bounds) if isinstance(each, str) else each
        elif os.path.islink(path):
            bounds = os.path.realpath(root_of(os.path.dirname(path) or "."))
            yield _found(path, bounds)._replace(named=True)
        elif os.path.lexists(path):
            yield FoundFile(path, display(path), named=True)
        else:
            missing += 1
            yield _missing(path, helped=missing <= _MOST_HELPED)


def _missing(path: str, *, helped: bool) -> Problem:
    """The problem of a path where nothing is, with what may have been meant."""
    if not helped:
        return Problem(ProblemKind.UNREADABLE, display(path), "no such file or folder")
    from imagelint.core.nearest import nearest

    folder, name = os.path.split(path.rstrip(os.sep))
    while folder and not os.path.isdir(folder):
        folder, name = os.path.split(folder)
    try:
        near = nearest(name, os.listdir(folder or os.curdir))
    except OSError:
        near = ""
    help_ = f"did you mean `{display(os.path.join(folder, near))}`?" if near else ""
    return Problem(ProblemKind.UNREADABLE, display(path), "no such file or folder", help_)


def _may_be_ours(path: str) -> bool:
    return candidate(path.replace(os.sep, "/"))


def _found(path: str, bounds: str) -> FoundFile:
    target = os.path.realpath(path) if os.path.islink(path) else ""
    return FoundFile(path, display(path), within=bounds, target=target)


def _below(folder: str, git: _Git) -> Iterator[str | Problem | Ignored]:
    names = git.lists(folder)
    walked = _walk(folder) if names is None else _resolve(folder, names, git)
    for path in walked:
        if not isinstance(path, str) or _may_be_ours(path):
            yield path
        elif of_another_tool(path.replace(os.sep, "/")):
            yield Ignored(display(path), IgnoreReason.OTHER_TOOL)


def _resolve(folder: str, names: Iterable[str], git: _Git) -> Iterator[str | Problem | Ignored]:
    """Paths for what git lists; a submodule is listed as a folder and has files of its own."""
    complete = True
    for name in names:
        path = os.path.join(folder, name)
        if os.path.isdir(path) and not os.path.islink(path):
            if _is_absent(path):
                complete = False
                continue
            is_module = os.path.lexists(os.path.join(path, ".git"))
            yield from _below(path, git) if is_module else _walk(path)
        elif _may_be_ours(name) or of_another_tool(name):
            complete = complete and not _is_absent(path)
            yield from _file(path)
    if not complete:
        yield from _not_checked_out(folder)
    for name in git.ignores(folder):
        path = os.path.join(folder, name.rstrip("/"))
        if os.path.basename(path) not in _INSTALLED:
            yield from _hidden(path, is_folder=name.endswith("/"))


def _not_checked_out(folder: str) -> Iterator[Ignored]:
    """What git tracks below a folder, that may be ours, is not there, and that nobody deleted."""
    from imagelint.collect.gitindex import uncertain_files

    below = os.path.realpath(folder)
    root = repository_of(below)
    for name in uncertain_files(root) if root else ():
        place = os.path.join(root or "", name)
        is_folder = name.endswith("/")
        if _is_below(place, below) and (is_folder or _may_be_ours(name)) and _is_absent(place):
            origin = display(os.path.join(folder, os.path.relpath(place, below)))
            yield Ignored(f"{origin}/" if is_folder else origin, IgnoreReason.NOT_CHECKED_OUT)


def _is_absent(path: str) -> bool:
    """Whether there is nothing at a path, or an empty folder, as that of a submodule."""
    try:
        return not os.listdir(path) if os.path.isdir(path) else not os.path.lexists(path)
    except OSError:  # that it cannot be listed is told where it is walked
        return False


class _Folder(NamedTuple):
    """A folder to walk, what is ignored in it, and the names that the repository tracks."""

    path: str
    rules: GitignoreRules
    tracked: AbstractSet[str]
    root: str

    def keeps(self, path: str) -> bool:
        """Whether the repository tracks a path, or something below it."""
        return os.path.relpath(path, self.root) in self.tracked


def _walk(folder: str) -> Iterator[str | Problem | Ignored]:
    """All files below a folder without following links, honouring `.gitignore` on the way.

    What the repository tracks is there whatever is ignored; what is not there is said.
    """
    from imagelint.collect.gitignore import GitignoreRules

    root = repository_of(os.path.abspath(folder)) or ""
    tracked = _tracked(root) if root else frozenset()
    if root:
        yield from _not_checked_out(folder)
    stack = [_Folder(folder, GitignoreRules(), tracked, root)]
    while stack:
        current = stack.pop()
        try:
            entries = sorted(os.scandir(current.path), key=lambda entry: entry.name)
        except OSError as error:
            detail = os.strerror(error.errno or 0).lower()
            origin = display(current.path)
            yield Problem(ProblemKind.UNREADABLE, origin, f"cannot be listed: {detail}")
            continue
        rules = current.rules.inside(current.path, {entry.name for entry in entries})
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name == _HISTORY:
                continue
            hidden = (is_folder and entry.name in _INSTALLED) or rules.hides(
                entry.path, is_folder=is_folder
            )
            if hidden and not current.keeps(entry.path):
                yield from _hidden(entry.path, is_folder=is_folder)
            elif is_folder:
                stack.append(current._replace(path=entry.path, rules=rules))
            else:
                yield from _file(entry.path)


def _file(path: str) -> Iterator[str | Problem]:
    """A file or a link; a pipe or a socket that is named like one of ours is told."""
    if os.path.isfile(path) or os.path.islink(path):
        yield path
    elif os.path.lexists(path) and _may_be_ours(path):
        yield Problem(ProblemKind.UNREADABLE, display(path), "not a regular file")


def _hidden(path: str, *, is_folder: bool) -> Iterator[Ignored]:
    if is_folder or _may_be_ours(path):
        origin = display(path)
        yield Ignored(f"{origin}/" if is_folder else origin, IgnoreReason.HIDDEN)


def _tracked(repository: str) -> frozenset[str]:
    """The names that a repository tracks, and the folders in which they are."""
    from imagelint.collect.gitindex import tracked_files

    found: set[str] = set()
    for name in tracked_files(repository) or ():
        path = name
        while path and path not in found:
            found.add(path)
            path = os.path.dirname(path)
    return frozenset(found)
