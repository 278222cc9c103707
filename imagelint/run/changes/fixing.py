"""Mend what has a fix: round by round, until nothing changes any more."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from imagelint.core.edits import apply_edits, touches
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.core.source import Source
from imagelint.engine.fix import fixable, plan_fixes
from imagelint.run.reading.recognition import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from imagelint.core.finding import Finding
    from imagelint.engine.fix import FixPlan

MOST_ROUNDS = 10
"""Of fixes that wait for others, or make room for them."""


class FixRequest(NamedTuple):
    """How to mend.

    `examine` gives the report that counts if files held the given texts, by origin; `read` the text
    of a file that may be changed, or why it may not. `accepts` is asked about each fix, with the
    texts that it would change as they are and as they would be.
    """

    examine: Callable[[Mapping[str, str]], Report]
    read: Callable[[str], str | Problem]
    accepts: Callable[[Finding, Iterable[Change]], bool]


class Change(NamedTuple):
    """What becomes of a file."""

    origin: str
    before: str
    after: str


class FixResult(NamedTuple):
    """What was mended, in the order in which it was, and the report about what is left.

    `problems` are about fixes that could not be made.
    """

    changes: tuple[Change, ...]
    fixed: tuple[Finding, ...]
    report: Report
    problems: tuple[Problem, ...]


class _Trial(NamedTuple):
    """What fixes make of the texts, and those, by rule and origin, that do harm.

    By `broken` ones a text cannot be read any more; of `stubborn` ones the rule says no less.
    """

    texts: Mapping[str, str]
    report: Report
    broken: frozenset[tuple[str, str]]
    stubborn: frozenset[tuple[str, str]]


def fix(request: FixRequest) -> FixResult:
    """Mend in memory all that is accepted; what would do harm is taken back."""
    return _Fixer(request).run()


class _Fixer:
    """The texts of a run as they are and as they become."""

    def __init__(self, request: FixRequest) -> None:
        self._request = request
        self._before: dict[str, str | Problem] = {}
        self._texts: dict[str, str] = {}
        self._refused: set[tuple[str, str]] = set()
        self._problems: list[Problem] = []

    def run(self) -> FixResult:
        """Mend until there is nothing to mend."""
        report = self._request.examine({})
        fixed: list[Finding] = []
        for _ in range(MOST_ROUNDS):
            plan = plan_fixes(report.findings, self._accepts)
            if not plan.taken:
                break
            tried = self._try(plan, report)
            harmful = self._harmful(plan, tried, report)
            if not harmful:
                self._texts.update(tried.texts)
                fixed += plan.taken
                report = tried.report
            self._problems += (_defect(rule, origin) for rule, origin in sorted(harmful))
            self._refused |= harmful
        changes = (
            Change(origin, before, text)
            for origin, text in sorted(self._texts.items())
            if isinstance(before := self._read(origin), str) and text != before
        )
        return FixResult(tuple(changes), tuple(fixed), report, tuple(self._problems))

    def _try(self, plan: FixPlan, before: Report) -> _Trial:
        """What the texts become, and what harm that does."""
        texts = {
            origin: apply_edits(self._text(origin), edits) for origin, edits in plan.edits.items()
        }
        after = self._request.examine({**self._texts, **texts})
        broken = {
            origin
            for origin, text in texts.items()
            if _unreadable(origin, text) > _unreadable(origin, self._text(origin))
        }
        said, still = _count(before), _count(after)
        stubborn = {one.rule for one in plan.taken if still[one.rule] >= said[one.rule]}
        return _Trial(
            texts,
            after,
            _concerned(plan, lambda _, origin: origin in broken),
            _concerned(plan, lambda rule, _: rule in stubborn),
        )

    def _harmful(
        self, plan: FixPlan, together: _Trial, before: Report
    ) -> frozenset[tuple[str, str]]:
        """The fixes by which a text cannot be read any more, or a rule says no less than before.

        They are not tried again. What one mends may let another rule see more: those of each rule
        are tried alone before one is blamed.
        """
        rules = {finding.rule for finding in plan.taken}
        if not (together.broken or together.stubborn) or len(rules) == 1:
            return together.broken | together.stubborn
        alone = [self._try(plan.of(rule), before) for rule in sorted(rules)]
        blamed = frozenset[tuple[str, str]]().union(*(one.broken | one.stubborn for one in alone))
        return blamed or together.broken

    def _text(self, origin: str) -> str:
        before = self._read(origin)
        return self._texts.get(origin, before if isinstance(before, str) else "")

    def _read(self, origin: str) -> str | Problem:
        if origin not in self._before:
            self._before[origin] = text = self._request.read(origin)
            if isinstance(text, Problem):
                self._problems.append(text)
        return self._before[origin]

    def _accepts(self, finding: Finding) -> bool:
        """Whether a fix is to be made, and can be."""
        edits = finding.fix.edits if finding.fix else ()
        origins = {edit.origin for edit in edits}
        if any((finding.rule, origin) in self._refused for origin in origins):
            return False
        if any(isinstance(self._read(origin), Problem) for origin in origins):
            return False
        if not all(_is_possible(self._text(origin), finding, origin) for origin in origins):
            return False
        # Made only for who looks at it: there may be thousands, in a text of a megabyte.
        changes = (
            Change(origin, text, _applied(text, finding, origin))
            for origin in sorted(origins)
            for text in (self._text(origin),)
        )
        return self._request.accepts(finding, changes)


def _concerned(plan: FixPlan, holds: Callable[[str, str], bool]) -> frozenset[tuple[str, str]]:
    """The rules and origins of a plan of which something holds."""
    return frozenset(
        (finding.rule, edit.origin)
        for finding in plan.taken
        for edit in (finding.fix.edits if finding.fix else ())
        if holds(finding.rule, edit.origin)
    )


def _applied(text: str, finding: Finding, origin: str) -> str:
    """The text of an origin with one fix made."""
    edits = finding.fix.edits if finding.fix else ()
    return apply_edits(text, (edit for edit in edits if edit.origin == origin))


def _is_possible(text: str, finding: Finding, origin: str) -> bool:
    """Whether the edits of a fix lie in the text of an origin, apart from each other."""
    edits = finding.fix.edits if finding.fix else ()
    spans = sorted({edit.span for edit in edits if edit.origin == origin})
    inside = all(0 <= span.start <= span.end <= len(text) for span in spans)
    return inside and not any(touches(one, other) for one, other in pairwise(spans))


def _count(report: Report) -> Counter[str]:
    """How often each rule has something that it could mend."""
    return Counter(finding.rule for finding in fixable(report.findings))


def _unreadable(origin: str, text: str) -> int:
    """How many places of a text its reader complains about."""
    document = recognise(Source(origin, text))
    return len(document.problems) if isinstance(document, Report) else len(document.complaints)


def _defect(rule: str, origin: str) -> Problem:
    return Problem(
        ProblemKind.RULE_CRASHED,
        origin,
        f"the fix of {rule} would not mend it, and was not made",
        help="this is a defect of imagelint: please report it",
    )
