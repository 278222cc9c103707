"""For a ticket: what is to be done, rule by rule, as a list to tick off.

Markdown as GitHub, GitLab, Jira's importer and most trackers read it; everything untrusted is
escaped, and the whole stays below what they take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.reporters.block import first_sentence
from imagelint.reporters.closing import allowed_line, examined_line, found_line
from imagelint.reporters.order import by_severity
from imagelint.reporters.summary import PAGE, escaped, marked, placed
from imagelint.reporters.unjudged import unjudged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Finding
    from imagelint.core.report import Problem, Verdict
    from imagelint.reporters.context import ReportContext

BUDGET = 60_000
_MOST_PLACES = 50


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """The ticket, cut by severity: the worst rules come first."""
    left = BUDGET
    for part in _parts(verdict, context):
        left -= len(part.encode())
        if left < 0:
            yield "\nThere is more: see the full report.\n"
            return
        yield part


def _parts(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    image = dict(verdict.evidence.entries).get("image", "")
    about = f" {escaped(image)}" if image else ""
    yield f"# imagelint {escaped(context.command)}{about}: {verdict.outcome.value}\n\n"
    yield f"Found {found_line(verdict.report)}.\n"
    yield f"Examined {escaped(examined_line(verdict.report))}.\n"
    if verdict.report.allowed:
        yield f"Allowed {allowed_line(verdict.report.allowed)}.\n"
    problems = unjudged(verdict)
    for problem in problems[:_MOST_PLACES]:
        yield _problem(problem)
    if len(problems) > _MOST_PLACES:
        yield f"\n- …and {len(problems) - _MOST_PLACES} more that could not be judged"
    yield "\n" if problems else ""
    by_rule: dict[str, list[Finding]] = {}
    for finding in by_severity(verdict.report.findings):
        by_rule.setdefault(finding.rule, []).append(finding)
    for rule, findings in by_rule.items():
        yield from _rule(rule, findings, context)


def _problem(problem: Problem) -> str:
    said = f"{problem.origin}: {problem.detail}" if problem.origin else problem.detail
    help_ = f"; {marked(problem.help)}" if problem.help else ""
    return f"\n- [ ] could not be judged: {marked(said)}{help_}"


def _rule(rule: str, findings: list[Finding], context: ReportContext) -> Iterator[str]:
    text = context.describe(rule)
    summary = f": {marked(text.summary)}" if text else ""
    yield f"\n## {findings[0].severity} · {escaped(rule)}{summary}\n\n"
    if text:
        see = f" [More]({text.url})" if PAGE.fullmatch(text.url) else ""
        yield f"{marked(first_sentence(text.why))}{see}\n\n"
    for finding in findings[:_MOST_PLACES]:
        yield _item(finding)
    if len(findings) > _MOST_PLACES:
        yield f"- …and {len(findings) - _MOST_PLACES} more\n"


def _item(finding: Finding) -> str:
    location = finding.location
    help_ = f": {marked(finding.help)}" if finding.help else ""
    path = f" {escaped(location.path)}" if location.path else ""
    return f"- [ ] {placed(location)}{path} — {marked(finding.message)}{help_}\n"
