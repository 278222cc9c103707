"""Globs over names, without compiling a regular expression for each."""

from __future__ import annotations

from fnmatch import fnmatchcase


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
