"""Markdown of our own documentation as plain text, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HEADING = pattern(r"\A#+ ")
_STRONG = pattern(r"\*\*(.+?)\*\*")
_CODE = pattern(r"`([^`]+)`")


def plain(lines: Iterable[str]) -> Iterator[str]:
    """Lines without marks: headings as they are, examples indented, names in plain letters."""
    inside = False
    for line in "\n".join(lines).split("\n"):
        if line.startswith("```"):
            inside = not inside
        elif inside:
            yield f"    {line}".rstrip()
        else:
            yield _CODE.sub(r"\1", _STRONG.sub(r"\1", _HEADING.sub("", line, count=1)))
