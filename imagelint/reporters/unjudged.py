"""What could not be judged, for formats that know nothing but findings.

A format that leaves it out would say of what nobody examined that it is well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Finding, Location, Severity
from imagelint.core.report import Outcome, Problem, ProblemKind
from imagelint.reporters.order import problems_by_place

if TYPE_CHECKING:
    from imagelint.core.report import Verdict

RULE = "not-judged"
"""What stands where such a format wants the name of a rule."""


def unjudged(verdict: Verdict) -> tuple[Problem, ...]:
    """The problems; where a verdict is incomplete without any, its reasons as one."""
    problems = problems_by_place(verdict.report.problems)
    if problems or verdict.outcome is not Outcome.INCOMPLETE:
        return problems
    said = "; ".join(verdict.reasons) or "nothing was examined"
    return (Problem(ProblemKind.NOTHING_EXAMINED, "", said),)


def as_finding(problem: Problem) -> Finding:
    """A problem in the shape of a finding, as bad as the annotation of it is on GitHub."""
    location = problem.location or Location(problem.origin)
    kind = problem.kind.value
    said = f"could not be judged ({kind}): {problem.detail}"
    return Finding(RULE, Severity.HIGH, said, location, problem.help, subject=kind)
