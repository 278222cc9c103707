"""Ask git which files it knows, or would know, below a folder."""

from __future__ import annotations

import os

from imagelint.collect.findup import repository_of

_SECONDS = 60.0
_MOST_BYTES = 256 * 1024 * 1024


def list_files(folder: str) -> tuple[str, ...] | None:
    """Tracked files and untracked ones that are not ignored, relative to `folder`, sorted.

    None where git cannot tell: no repository, no git, or one that is broken. Who owns the
    repository does not matter, as it may be another in a container; its own configuration could
    name a program to run (`core.fsmonitor`): it is not.
    """
    absolute = os.path.abspath(folder)
    repository = repository_of(absolute)
    if repository is None:
        return None
    from imagelint.collect.process import CompletedProcess, ProcessLimits, ProcessRequest, run

    listing = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    done = run(
        ProcessRequest(
            "git",
            ("-C", absolute, *_settings(repository), *listing),
            folder,
            ProcessLimits(_SECONDS, stdout=_MOST_BYTES),
            # The user's own ignore file and trusted folders are found through HOME.
            variables=(("HOME", os.path.expanduser("~")), ("GIT_OPTIONAL_LOCKS", "0")),
            passed=("XDG_CONFIG_HOME",),
        )
    )
    if not isinstance(done, CompletedProcess) or done.code != 0:
        return None
    return tuple(sorted(name for name in done.stdout.split("\0") if name))


def _settings(repository: str) -> tuple[str, ...]:
    """What holds whatever is configured: https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory."""
    trusted = dict.fromkeys((repository, os.path.realpath(repository)))
    return (
        *("-c", "core.fsmonitor=false"),
        *(word for place in trusted for word in ("-c", f"safe.directory={place}")),
    )
