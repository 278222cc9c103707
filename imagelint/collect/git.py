"""Ask git which files it knows, or would know, below a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.deadline import NEVER
from imagelint.collect.findup import repository_of
from imagelint.core.report import Problem

if TYPE_CHECKING:
    from imagelint.collect.deadline import Deadline
    from imagelint.collect.process import CompletedProcess

_SECONDS = 60.0
MOST_BYTES = 256 * 1024 * 1024
"""Of what git says."""
# An object is what its name says. Nothing is written, and nothing fetched: what a partial clone
# lacks would be, by whatever its configuration calls a remote. https://git-scm.com/docs/git#Documentation/git.txt-GITALLOWPROTOCOL
_VARIABLES = (
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
)


def list_files(folder: str) -> tuple[str, ...] | None:
    """Tracked files and untracked ones that are not ignored, relative to `folder`, sorted.

    None where git cannot tell: no repository, no git, or one that is broken. Names that are not
    UTF-8 are as `os.fsdecode` gives them.
    """
    absolute = os.path.abspath(folder)
    repository = repository_of(absolute)
    if repository is None:
        return None
    listing = ("--cached", "--others", "--exclude-standard", "--deduplicate")
    return _listed(repository, absolute, listing)


def ignored_files(folder: str) -> tuple[str, ...]:
    """What is there below `folder`, untracked, and ignored: by whatever file git is told so.

    That is a `.gitignore`, `.git/info/exclude` or `core.excludesFile`. A folder of which all is
    ignored is one name that ends in `/`. Nothing where git cannot tell.
    """
    absolute = os.path.abspath(folder)
    repository = repository_of(absolute)
    listing = ("--others", "--ignored", "--exclude-standard", "--directory")
    found: list[str] = []
    for name in (_listed(repository, absolute, listing) or ()) if repository else ():
        # Of a folder that is ignored by what is in it git lists both.
        if not (found and found[-1].endswith("/") and name.startswith(found[-1])):
            found.append(name)
    return tuple(found)


def _listed(repository: str, folder: str, options: tuple[str, ...]) -> tuple[str, ...] | None:
    done = ask(repository, folder, ("ls-files", "-z", *options))
    if isinstance(done, Problem) or done.code != 0:
        return None
    return tuple(sorted(name for name in done.stdout.split("\0") if name))


def ask(  # noqa: PLR0913 - what it may take has three bounds
    repository: str,
    folder: str,
    arguments: tuple[str, ...],
    *,
    most_bytes: int = MOST_BYTES,
    standard_input: str = "",
    deadline: Deadline = NEVER,
) -> CompletedProcess | Problem:
    """What git says about a repository, run in a folder of it; what it reads is short.

    Who owns the repository does not matter, as it may be another in a container; its own
    configuration could name programs to run: they are not, and nothing is fetched. Bytes that are
    not UTF-8 are as `os.fsdecode` gives them.
    """
    from imagelint.collect.process import ProcessLimits, ProcessRequest, run

    if deadline.passed:
        return deadline.problem(repository, "git was not asked")
    return run(
        ProcessRequest(
            "git",
            ("-C", folder, *_settings(repository), *arguments),
            folder,
            ProcessLimits(deadline.left(_SECONDS), stdout=most_bytes),
            "install git",
            # The user's own ignore file and trusted folders are found through HOME.
            variables=(("HOME", os.path.expanduser("~")), *_VARIABLES),
            passed=("XDG_CONFIG_HOME",),
            standard_input=standard_input,
            decoding="surrogateescape",
        )
    )


def _settings(repository: str) -> tuple[str, ...]:
    """What holds whatever is configured: https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory."""
    trusted = dict.fromkeys((repository, os.path.realpath(repository)))
    # Two names that differ in case are two files unless the file system takes them for one:
    # https://git-scm.com/docs/git-config#Documentation/git-config.txt-coreignoreCase.
    folds = os.path.lexists(os.path.join(repository, ".GIT"))
    return (
        *("-c", "core.fsmonitor=false"),
        *("-c", f"core.hooksPath={os.devnull}"),
        *("-c", f"core.ignoreCase={str(folds).lower()}"),
        *(word for place in trusted for word in ("-c", f"safe.directory={place}")),
    )
