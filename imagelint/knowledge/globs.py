"""Globs over names, without compiling a regular expression for each."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Globs:
    """Globs of which a name may match any: those without a special character are looked up."""

    __slots__ = ("_beginnings", "_names", "_others")

    def __init__(self, globs: Iterable[str]) -> None:
        beginnings: list[str] = []
        names: list[str] = []
        others: list[str] = []
        for glob in globs:
            stem = glob.removesuffix("*")
            kind = others if set(stem) & set("*?[") else names if stem == glob else beginnings
            kind.append(stem if kind is beginnings else glob)
        self._names = frozenset(names)
        self._beginnings = tuple(beginnings)
        self._others = tuple(others)

    def matches(self, name: str) -> bool:
        """Whether a name matches one of them."""
        return (
            name in self._names
            or name.startswith(self._beginnings)
            or any(matches(name, glob) for glob in self._others)
        )


def matches(name: str, glob: str) -> bool:
    """What `fnmatchcase(name, glob)` says; a glob with nothing but `*` is answered by searching."""
    if "?" in glob or "[" in glob:
        return fnmatchcase(name, glob)
    first, *rest = glob.split("*")
    if not rest:
        return name == glob
    *middle, last = rest
    if not name.startswith(first) or len(name) < len(first) + len(last):
        return False
    at = len(first)
    end = len(name) - len(last)
    for piece in middle:
        found = name.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return name.endswith(last) and at <= end
