"""What a fix would make of the lines that a finding shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.edits import apply_edits
from imagelint.core.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Edit, Finding

_MASK = "•"
_MOST_LINES = 12
_LONGEST_LINE = 400


def suggested_lines(finding: Finding) -> tuple[str, ...]:
    """The lines as they would be; none where the fix changes what is not shown, or shows a mask.

    The excerpt of a location holds whole lines, of the same text as the span.
    """
    if finding.fix is None or not finding.location.excerpt.lines:
        return ()
    location = finding.location
    first, lines = location.excerpt
    if any(len(line) >= _LONGEST_LINE for line in lines):
        return ()  # it may be cut off
    before = location.start.line - first
    begin = location.span.start - location.start.column + 1
    begin -= sum(len(line) + 1 for line in lines[:before])
    text = "\n".join(lines)
    edits = tuple(_moved(finding.fix.edits, begin))
    if any(edit.origin != location.origin for edit in edits):
        return ()
    if any(not 0 <= edit.span.start <= edit.span.end <= len(text) for edit in edits):
        return ()
    after = apply_edits(text, edits).split("\n")
    changed = _changed(text.split("\n"), after)
    shown = any(_MASK in line for line in changed)
    return () if shown or len(changed) > _MOST_LINES else tuple(changed)


def _moved(edits: tuple[Edit, ...], by: int) -> Iterator[Edit]:
    for edit in edits:
        yield edit._replace(span=Span(edit.span.start - by, edit.span.end - by))


def _changed(before: list[str], after: list[str]) -> list[str]:
    """The lines of a text without those that begin and end it as they did."""
    while before and after and before[0] == after[0]:
        del before[0], after[0]
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1]
    return after
