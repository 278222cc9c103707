"""Which files that are gone are there under another name: known by their lines."""

from __future__ import annotations

from collections import Counter
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST_FILES = 1_000
_MOST_HOLDERS = 20
"""A line that is in more files tells nothing of where one of them went."""
_LEAST = 0.5
"""So much must be the same, as git has it: https://git-scm.com/docs/git-diff, `-M`."""


class _Pair(NamedTuple):
    likeness: float
    same_name: bool
    old: str
    new: str


def renamed(gone: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """Of files that are gone where each went, by origin; of both the texts are given.

    The same text is the same file; of others at least half of the lines must be.
    """
    old = dict(sorted(gone.items())[:_MOST_FILES])
    new = dict(sorted(added.items())[:_MOST_FILES])
    found: dict[str, str] = {}
    taken: set[str] = set()
    for pair in sorted(_pairs(old, new), reverse=True):
        if pair.old not in found and pair.new not in taken:
            found[pair.old] = pair.new
            taken.add(pair.new)
    return found


def _pairs(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[_Pair]:
    lines = {origin: Counter(_lines(text)) for origin, text in old.items()}
    holders: dict[str, list[str]] = {}
    for origin, counted in lines.items():
        for line in counted:
            holders.setdefault(line, []).append(origin)
    holders = {line: among for line, among in holders.items() if len(among) <= _MOST_HOLDERS}
    for origin, text in new.items():
        counted = Counter(_lines(text))
        shared: Counter[str] = Counter()
        for line, number in counted.items():
            for other in holders.get(line, ()):
                shared[other] += min(number, lines[other][line])
        for other, number in shared.items():
            most = max(counted.total(), lines[other].total())
            likeness = 2.0 if old[other] == text else number / most
            if likeness >= _LEAST:
                yield _Pair(likeness, basename(other) == basename(origin), other, origin)


def _lines(text: str) -> list[str]:
    return [stripped for line in text.split("\n") if (stripped := line.strip())]
