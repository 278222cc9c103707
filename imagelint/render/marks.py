"""Marks in templates, by which each rendered line tells of which line it was made.

A template is rendered twice: as it is, and with a mark at the end of every line that has text of
its own. Where the second comes to the first without its marks, they tell the places exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MARK = pattern(r"#@([0-9]+):([0-9]+)@")
# An action with what it quotes, whole: https://pkg.go.dev/text/template#hdr-Text_and_spaces
_ACTION = pattern(
    r"\{\{-?\s*/\*[\s\S]*?\*/\s*-?\}\}"
    r"|\{\{(?:\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|'(?:\\.|[^'\\\n])*'|(?!\}\})[\s\S])*?\}\}"
)
_FURTHEST = 50


class Mark(NamedTuple):
    """Of which file, by its number, and which line in it (from 1)."""

    file: int
    line: int


def marked(text: str, file: int) -> str:
    """A template with marks behind its lines."""
    lines = text.split("\n")
    closed = _closed_lines(text)
    return "\n".join(
        f"{line}#@{file}:{number}@" if number in closed and _takes_mark(line) else line
        for number, line in enumerate(lines, 1)
    )


def _closed_lines(text: str) -> frozenset[int]:
    """The lines at whose end no action is open."""
    count = text.count("\n") + 1
    opened: set[int] = set()
    line, at = 1, 0
    for match in _ACTION.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        opened.update(range(line, line + match[0].count("\n")))
    return frozenset(range(1, count + 1)) - opened


def _takes_mark(line: str) -> bool:
    own = _ACTION.sub("", line).strip()
    return bool(own) and own != "---" and not line.rstrip().endswith("-}}")


def places(plain: str, with_marks: str) -> tuple[Mark | None, ...]:
    """The mark of each line of a text, by the same text with marks.

    Where the two differ (what was measured, cut or hashed has marks in it) only lines count that
    are the same in order.
    """
    found: list[Mark | None] = []
    marks = iter(_unmarked(with_marks))
    rest = list(marks)
    at = 0
    for line in plain.split("\n"):
        ahead = rest[at : at + _FURTHEST]
        skipped = next((n for n, (text, _) in enumerate(ahead) if text == line), None)
        if skipped is None:
            found.append(None)
            continue
        at += skipped
        found.append(rest[at][1])
        at += 1
    return tuple(found)


def _unmarked(text: str) -> Iterator[tuple[str, Mark | None]]:
    for line in text.split("\n"):
        mark = None
        for match in _MARK.finditer(line):
            mark = Mark(int(match[1]), int(match[2]))
        yield _MARK.sub("", line), mark


def filled(marks: Sequence[Mark | None], texts: Sequence[Sequence[str]]) -> list[Mark | None]:
    """The marks with those of lines that an action made: it stands behind the last marked line."""
    result: list[Mark | None] = []
    last: Mark | None = None
    for mark in marks:
        if mark is not None:
            last = mark
            result.append(mark)
        else:
            result.append(last and _next_action(last, texts))
    return result


def _next_action(mark: Mark, texts: Sequence[Sequence[str]]) -> Mark:
    lines = texts[mark.file]
    for number in range(mark.line, min(len(lines), mark.line + _FURTHEST)):
        line = lines[number]
        if "{{" in line and not _takes_mark(line) and not _CONTROL.search(line):
            return Mark(mark.file, number + 1)
        if _takes_mark(line):
            break
    return mark


_CONTROL = pattern(r"\{\{-?\s*(?:if|else|end|range|with|define|block|/\*|\$\w+\s*:?=)")
