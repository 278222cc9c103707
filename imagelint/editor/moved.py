"""Where the places of an older text are in a newer one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span

if TYPE_CHECKING:
    from imagelint.core.finding import Edit, Finding, Fix, Location, Note
    from imagelint.core.report import Problem


class Moves:
    """Where what stood in an older text is in a newer one; by default all is where it was."""

    def span(self, span: Span) -> Span | None:
        """Where a span went; None where something of it was changed."""
        return span

    def lines(self, _at: int) -> int:
        """By how many lines that went on which was at an offset, and was not changed."""
        return 0

    def finding(self, finding: Finding) -> Finding | None:
        """A finding about the older text as one about the newer; None where it was changed there.

        Columns behind the change in the same line are those of before.
        """
        origin = finding.location.origin
        place = self._location(finding.location)
        if place is None:
            return None
        notes = tuple(self._note(note, origin) for note in finding.notes)
        return finding._replace(location=place, notes=notes, fix=self._fix(finding.fix, origin))

    def problem(self, problem: Problem) -> Problem | None:
        """A problem of the older text as one of the newer; None where it was changed there."""
        if problem.location is None:
            return problem
        place = self._location(problem.location)
        return None if place is None else problem._replace(location=place)

    def _location(self, location: Location) -> Location | None:
        span = self.span(location.span)
        if span is None:
            return None
        start, end, excerpt = location.start, location.end, location.excerpt
        lines = self.lines(location.span.start)
        return location._replace(
            span=span,
            start=start._replace(line=start.line + lines),
            end=end._replace(line=end.line + lines),
            excerpt=excerpt._replace(first_line=max(excerpt.first_line + lines, 1)),
        )

    def _note(self, note: Note, origin: str) -> Note:
        if note.location is None or note.location.origin != origin:
            return note
        return note._replace(location=self._location(note.location))

    def _fix(self, fix: Fix | None, origin: str) -> Fix | None:
        """A fix that changes the same; None if what it would change is another."""
        if fix is None:
            return None
        edits = tuple(self._edit(edit, origin) for edit in fix.edits)
        kept = tuple(edit for edit in edits if edit is not None)
        return fix._replace(edits=kept) if len(kept) == len(edits) else None

    def _edit(self, edit: Edit, origin: str) -> Edit | None:
        if edit.origin != origin:
            return edit
        span = self.span(edit.span)
        return None if span is None else edit._replace(span=span)


class TextChange(Moves):
    """One text made of another by a change in one place: what is before and behind it is the same.

    `old` is the span of the older text that was replaced.
    """

    def __init__(self, before: str, after: str) -> None:
        same = len(before) if before == after else _alike(before, after)
        most = min(len(before), len(after)) - same
        tail = _alike(before[len(before) - most :][::-1], after[len(after) - most :][::-1])
        self.old = Span(same, len(before) - tail)
        self._further = len(after) - len(before)
        ended = after.count("\n", same, len(after) - tail)
        self._lines = ended - before.count("\n", same, self.old.end)

    def span(self, span: Span) -> Span | None:
        """Where a span went; None where something of it was changed."""
        if span.end <= self.old.start:
            return span
        if span.start >= self.old.end:
            return Span(span.start + self._further, span.end + self._further)
        return None

    def lines(self, at: int) -> int:
        """By how many lines that went on which was at an offset, and was not changed."""
        return self._lines if at >= self.old.end else 0


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike: by halves, as comparing texts is fast."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
