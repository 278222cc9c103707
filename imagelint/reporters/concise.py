"""For a quick look, for editors and for `grep`: one line for each finding and each problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.reporters.closing import change_line, hidden_line, statistics
from imagelint.reporters.order import by_place, problems_by_place, shown
from imagelint.reporters.paint import colored, plain
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Location
    from imagelint.core.report import Verdict
    from imagelint.reporters.context import ReportContext


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """`origin:line:column: severity[rule] message`, then the verdict."""
    paint = colored if context.color else plain
    findings = verdict.report.findings
    for finding in by_place(shown(findings, context.least)):
        word = paint(str(finding.severity), f"{finding.severity}[{visible(finding.rule)}]")
        yield f"{_place(finding.location)}: {word} {visible(finding.message)}\n"
    for problem in problems_by_place(verdict.report.problems):
        place = _place(problem.location) if problem.location else visible(problem.origin)
        word = paint("problem", f"problem[{problem.kind.value}]")
        yield f"{place}: {word} {visible(problem.detail)}\n"
    for line in statistics(findings) if context.statistics else ():
        yield f"{line}\n"
    hidden = hidden_line(findings, context.least)
    reasons = "; ".join(map(visible, verdict.reasons))
    since = f"; since {visible(change_line(verdict.change))}" if verdict.change else ""
    yield f"{paint(verdict.outcome.value, verdict.outcome.value)}: {reasons}{hidden}{since}\n"


def _place(location: Location) -> str:
    place = visible(location.origin)
    if location.excerpt.lines or location.start.line > 1:
        return f"{place}:{location.start.line}:{location.start.column}"
    return f"{place} ({visible(location.path)})" if location.path else place
