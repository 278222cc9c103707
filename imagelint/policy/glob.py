"""Globs over paths and over what findings are about."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_WILDCARDS = frozenset("*?[")


def matches_path(glob: str, path: str) -> bool:
    """Whether a glob matches a path or a folder above it.

    `*` stays within a folder, `**` stands for any number of folders; a glob without a slash
    matches at any depth. Both are relative to the same folder, with `/` between names.
    """
    pattern = _segments(glob)
    if "/" not in glob.rstrip("/"):
        pattern = ("**", *pattern)
    return _matches(pattern, _segments(path))


def literal_key(glob: str) -> tuple[str, ...] | None:
    """What is among the `path_keys` of exactly the paths that a glob matches.

    None for a glob with wildcards, and for one that matches everything.
    """
    segments = _segments(glob)
    if not segments or _WILDCARDS.intersection(glob):
        return None
    return ("/", *segments) if "/" in glob.rstrip("/") else ("**", *segments)


def path_keys(path: str) -> Iterator[tuple[str, ...]]:
    """The keys of the globs without wildcards that match a path: look them up, try none."""
    segments = _segments(path)
    for at, name in enumerate(segments, 1):
        yield ("/", *segments[:at])
        yield ("**", name)


def matches_subject(glob: str, subject: str) -> bool:
    """Whether a glob matches all of a subject, one of its words, or the last name in a word.

    `*` crosses slashes. `openssl`, `pkg:deb/*` and `CVE-2024-3094` all match
    `CVE-2024-3094 pkg:deb/debian/openssl`.
    """
    words = subject.split()
    names = (word.rpartition("/")[2] for word in words)
    return any(fnmatchcase(part, glob) for part in (subject, *words, *names))


def complaint(glob: str) -> str:
    """Why a glob can match nothing that its author means; empty when it is fine."""
    if not glob.strip():
        return "an empty glob matches nothing"
    if glob.startswith("/"):
        return "globs are relative, without a slash at the beginning"
    if glob.startswith("!"):
        return "a glob cannot be negated"
    if ".." in glob.split("/"):
        return "a glob cannot leave its folder with `..`"
    if _open_bracket(glob):
        return "the `[` is never closed"
    return ""


def _segments(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part not in ("", "."))


def _open_bracket(glob: str) -> bool:
    at = glob.find("[")
    while at >= 0:
        # A bracket right after the opening one, or after its `!`, is a member of the set.
        end = glob.find("]", at + 3 if glob[at + 1 : at + 2] == "!" else at + 2)
        if end < 0:
            return True
        at = glob.find("[", end)
    return False


def _matches(pattern: tuple[str, ...], segments: tuple[str, ...]) -> bool:
    # `reached` are the indices into the pattern that the segments so far may have come to.
    reached = _skip(pattern, {0})
    for segment in segments:
        if len(pattern) in reached:
            return True
        step = {at for at in reached if pattern[at] == "**"}
        step |= {at + 1 for at in reached - step if fnmatchcase(segment, pattern[at])}
        reached = _skip(pattern, step)
    return len(pattern) in reached


def _skip(pattern: tuple[str, ...], reached: set[int]) -> set[int]:
    for at in sorted(reached):
        while at < len(pattern) and pattern[at] == "**":
            at += 1  # noqa: PLW2901 - walks over a run of `**`
            reached = reached | {at}
    return reached
