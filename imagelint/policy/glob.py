"""Globs over paths and over what findings are about."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPECIAL = pattern(r"[*?]")
# Letters of a part by which a glob is found, and how many of a run without wildcards are tried.
_PART, _SAMPLES = 8, 16


def matches_path(glob: str, path: str) -> bool:
    """Whether a glob matches a path or a folder above it.

    `*` stays within a folder, `**` stands for any number of folders; a glob without a slash
    matches at any depth. Both are relative to the same folder, with `/` between names.
    """
    wanted = _segments(glob)
    if "/" not in glob.rstrip("/"):
        wanted = ("**", *wanted)
    # Any number of `**` in a row is one.
    pairs = zip(("", *wanted), wanted, strict=False)
    wanted = tuple(part for before, part in pairs if part != "**" or before != "**")
    return _matches(wanted, _segments(path))


def matches_subject(glob: str, subject: str) -> bool:
    """Whether a glob matches all of a subject, one of its words, or the last name in a word.

    `*` crosses slashes. `openssl`, `pkg:deb/*` and `CVE-2024-3094` all match
    `CVE-2024-3094 pkg:deb/debian/openssl`.
    """
    words = subject.split()
    names = (word.rpartition("/")[2] for word in words)
    return any(fnmatchcase(part, glob) for part in (subject, *words, *names))


class GlobIndex:
    """Many globs of which a text may match any: those are tried of which a literal part is there.

    A glob is found by that text in it, of those without wildcards, which the fewest others have:
    tens of thousands of globs and of texts then cost as many steps, and not their product.
    """

    __slots__ = ("_by_part", "_others", "_sizes")

    def __init__(self, globs: Iterable[str]) -> None:
        parts = [_literal_parts(glob) for glob in globs]
        shared = Counter(part for several in parts for part in several)
        self._by_part: dict[str, list[int]] = {}
        self._others: list[int] = []
        for at, several in enumerate(parts):
            if several:
                self._by_part.setdefault(min(several, key=shared.__getitem__), []).append(at)
            else:
                self._others.append(at)
        self._sizes = sorted({len(part) for part in self._by_part})

    @classmethod
    def of_paths(cls, globs: Iterable[str]) -> GlobIndex:
        """An index of globs over paths, for paths of the form that `plain` gives."""
        # `**` may stand for no folder at all, and then no slash is beside it.
        return cls(plain(glob).replace("**/", "*").replace("/**", "*") for glob in globs)

    def candidates(self, text: str) -> list[int]:
        """The globs, by their place and in order, that may match a text or a part of it."""
        found = list(self._others)
        for size in self._sizes:
            for part in {text[at : at + size] for at in range(len(text) - size + 1)}:
                found += self._by_part.get(part, ())
        return sorted(found)


def plain(path: str) -> str:
    """A path, or a glob, without what says nothing: `./a//b/` is `a/b`."""
    return "/".join(_segments(path))


def _literal_parts(glob: str) -> frozenset[str]:
    """Some stretches of a glob that stand for themselves, each of the same length if possible."""
    found: set[str] = set()
    for run in _SPECIAL.split(glob.partition("[")[0]):
        last = max(len(run) - _PART, 0)
        step = last // _SAMPLES + 1
        found.update(run[at : at + _PART] for at in (*range(0, last, step), last))
    return frozenset(found - {""})


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


def _matches(wanted: tuple[str, ...], segments: tuple[str, ...]) -> bool:
    # `reached` are the indices into the glob that the segments so far may have come to.
    reached = _skip(wanted, {0})
    for segment in segments:
        if len(wanted) in reached:
            return True
        step = {at for at in reached if wanted[at] == "**"}
        step |= {at + 1 for at in reached - step if fnmatchcase(segment, wanted[at])}
        reached = _skip(wanted, step)
    return len(wanted) in reached


def _skip(wanted: tuple[str, ...], reached: set[int]) -> set[int]:
    for at in sorted(reached):
        while at < len(wanted) and wanted[at] == "**":
            at += 1  # noqa: PLW2901 - walks over a run of `**`
            reached = reached | {at}
    return reached
