"""Choose the fixes of findings that can be made together."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from imagelint.core.edits import touches
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imagelint.core.finding import Edit, Finding
    from imagelint.core.source import Span


class FixPlan(NamedTuple):
    """The edits of one round by origin, the findings that they mend, and those that must wait.

    Two fixes that are about the same place are not made together: the text decides anew about the
    second one when the first is made.
    """

    edits: Mapping[str, tuple[Edit, ...]]
    taken: tuple[Finding, ...]
    waiting: tuple[Finding, ...]

    def of(self, rule: str) -> FixPlan:
        """What it has of one rule."""
        taken = tuple(finding for finding in self.taken if finding.rule == rule)
        own = {edit for finding in taken for edit in (finding.fix.edits if finding.fix else ())}
        edits = {
            origin: those
            for origin, every in self.edits.items()
            if (those := tuple(edit for edit in every if edit in own))
        }
        return FixPlan(edits, taken, ())


def fixable(findings: Iterable[Finding]) -> Iterator[Finding]:
    """All findings that have a fix, with those that were told together with others."""
    for finding in findings:
        if finding.fix is not None and finding.fix.edits:
            yield finding
        yield from fixable(finding.parts)


def plan_fixes(findings: Iterable[Finding], accepts: Callable[[Finding], bool]) -> FixPlan:
    """Which fixes to make in one round: of those that are accepted, in the order of the texts."""
    made: dict[str, list[Edit]] = {}
    taken: list[Finding] = []
    waiting: list[Finding] = []
    for finding in sorted(fixable(findings), key=_place):
        edits = finding.fix.edits if finding.fix else ()
        if not _fit(edits, made):
            waiting.append(finding)
        elif accepts(finding):
            taken.append(finding)
            for edit in edits:
                those = made.setdefault(edit.origin, [])
                at = bisect_left(those, edit.span, key=_span)
                if those[at : at + 1] != [edit]:
                    those.insert(at, edit)
    return FixPlan({origin: tuple(each) for origin, each in made.items()}, (*taken,), (*waiting,))


def _place(finding: Finding) -> tuple[str, int, str]:
    first = min(finding.fix.edits) if finding.fix else None
    return (first.origin, first.span.start, finding.rule) if first else ("", 0, finding.rule)


def _fit(edits: Iterable[Edit], made: Mapping[str, list[Edit]]) -> bool:
    """Whether edits are about places of their own, or are made anyway.

    What is made is in order and apart: only the neighbours of a place can touch it.
    """
    for edit in edits:
        those = made.get(edit.origin, [])
        at = bisect_left(those, edit.span, key=_span)
        for other in those[max(at - 1, 0) : at + 2]:
            if touches(edit.span, other.span) and edit != other:
                return False
    return True


def _span(edit: Edit) -> Span:
    return edit.span
