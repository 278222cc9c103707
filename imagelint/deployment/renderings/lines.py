"""The lines of templates, and where the characters of a line are written that one made."""

from __future__ import annotations

from typing import NamedTuple

from imagelint.core.source import Span
from imagelint.deployment.renderings.templatevalues import actions


class TemplateLine(NamedTuple):
    """A line of a template: its text, and where that begins among the places of the document.

    Lines at whose end an action is open are one with the next.
    """

    text: str
    start: int

    @property
    def stripped(self) -> Span:
        """A line without its indentation."""
        text = self.text.strip()
        start = self.start + len(self.text) - len(self.text.lstrip())
        return Span(start, start + len(text))

    @property
    def filled(self) -> Span:
        """What a template fills in: its first action, of several lines all; else the whole line."""
        found = list(actions(self.text))
        if not found:
            return self.stripped
        last = found[-1] if "\n" in self.text else found[0]
        return Span(self.start + found[0].start(), self.start + last.end())


class Aligned(NamedTuple):
    """A line that was made, beside the line of the template that made it.

    `before` characters at its start and `behind` ones at its end are written as they are; what is
    between them is filled in between them.
    """

    made: int
    written: int
    before: int
    behind: int

    def start(self, column: int) -> int:
        """Where a character begins in the line of the template."""
        if column < self.before:
            return column
        kept = column - (self.made - self.behind)
        return self.before if kept < 0 else self.written - self.behind + kept

    def end(self, column: int) -> int:
        """Where a character ends in the line of the template."""
        if self.before <= column < self.made - self.behind:
            return max(self.before, self.written - self.behind)
        return self.start(column) + 1


def aligned(made: str, written: str) -> Aligned:
    """A line that was made beside its template."""
    if made == written:
        return Aligned(len(made), len(written), len(made), 0)
    before = _alike(made, written)
    behind = _alike(made[before:][::-1], written[before:][::-1])
    return Aligned(len(made), len(written), before, behind)


def _alike(first: str, second: str) -> int:
    """How many characters two texts begin with that are the same."""
    pairs = enumerate(zip(first, second, strict=False))
    shorter = min(len(first), len(second))
    return next((count for count, (one, other) in pairs if one != other), shorter)
