"""For a ticket: what is to be done, rule by rule, as a list to tick off.

Markdown as GitHub, GitLab, Jira's importer and most trackers read it; everything untrusted is
escaped, and the whole stays below what they take.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from imagelint.reporters.block import first_sentence
from imagelint.reporters.closing import allowed_words, examined_words, found_words
from imagelint.reporters.order import by_severity, examined_by_name, severity_counts
from imagelint.reporters.summary import PAGE, escaped, marked, placed
from imagelint.reporters.unjudged import unjudged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imagelint.core.finding import Finding, Severity
    from imagelint.core.report import IgnoreReason, Problem, Verdict
    from imagelint.reporters.context import ReportContext

BUDGET = 60_000
_MOST_PLACES = 50


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """The ticket, cut by severity: the worst rules come first."""
    return ticket(verdict, (verdict,), context)


def ticket(whole: Verdict, parts: Iterable[Verdict], context: ReportContext) -> Iterator[str]:
    """The ticket of a verdict that comes in parts, of which no more is held than it tells."""
    sheet = _Sheet()
    for part in parts:
        sheet.add(part)
    left = BUDGET
    for text in _texts(whole, sheet, context):
        left -= len(text.encode())
        if left < 0:
            yield "\nThere is more: see the full report.\n"
            return
        yield text


class _Rule:
    """The worst findings of a rule, and how many there are."""

    def __init__(self) -> None:
        self.worst: tuple[Finding, ...] = ()
        self.count = 0

    def add(self, findings: Sequence[Finding]) -> None:
        self.count += len(findings)
        self.worst = by_severity((*self.worst, *findings))[:_MOST_PLACES]


class _Sheet:
    """What a ticket tells: some of each, and the numbers of all."""

    def __init__(self) -> None:
        self.severities: Counter[Severity] = Counter()
        self.untold: Counter[str] = Counter()
        self.allowed: Counter[str] = Counter()
        self.examined: Counter[str] = Counter()
        self.ignored: Counter[IgnoreReason] = Counter()
        self.problems: tuple[Problem, ...] = ()
        self.unjudged = 0
        self._rules: dict[str, _Rule] = {}

    def add(self, part: Verdict) -> None:
        report, problems = part.report, unjudged(part)
        self.severities.update(severity_counts(report.findings))
        self.untold.update(one.kind.value for one in report.problems)
        self.allowed.update(one.kind.value for one in report.allowed)
        self.examined.update(one.kind for one in examined_by_name(report.examined))
        self.ignored.update(one.reason for one in set(report.ignored))
        self.unjudged += len(problems)
        self.problems = (*self.problems, *problems[: _MOST_PLACES - len(self.problems)])
        by_rule: dict[str, list[Finding]] = {}
        for finding in report.findings:
            by_rule.setdefault(finding.rule, []).append(finding)
        for rule, findings in by_rule.items():
            self._rules.setdefault(rule, _Rule()).add(findings)

    def rules(self) -> Iterator[_Rule]:
        """The rules, that with the worst finding first."""
        firsts = {one.worst[0]: one for one in self._rules.values()}
        return (firsts[finding] for finding in by_severity(firsts))


def _texts(verdict: Verdict, sheet: _Sheet, context: ReportContext) -> Iterator[str]:
    image = dict(verdict.evidence.entries).get("image", "")
    about = f" {escaped(image)}" if image else ""
    yield f"# imagelint {escaped(context.command)}{about}: {verdict.outcome.value}\n\n"
    yield f"Found {found_words(sheet.severities, sheet.untold)}.\n"
    yield f"Examined {escaped(examined_words(sheet.examined, sheet.ignored))}.\n"
    if sheet.allowed:
        yield f"Allowed {allowed_words(sheet.allowed)}.\n"
    for problem in sheet.problems:
        yield _problem(problem)
    if more := sheet.unjudged - len(sheet.problems):
        yield f"\n- …and {more} more that could not be judged"
    yield "\n" if sheet.problems else ""
    for rule in sheet.rules():
        yield from _rule(rule, context)


def _problem(problem: Problem) -> str:
    said = f"{problem.origin}: {problem.detail}" if problem.origin else problem.detail
    help_ = f"; {marked(problem.help)}" if problem.help else ""
    return f"\n- [ ] could not be judged: {marked(said)}{help_}"


def _rule(rule: _Rule, context: ReportContext) -> Iterator[str]:
    worst = rule.worst[0]
    text = context.describe(worst.rule)
    summary = f": {marked(text.summary)}" if text else ""
    yield f"\n## {worst.severity} · {escaped(worst.rule)}{summary}\n\n"
    if text:
        see = f" [More]({text.url})" if PAGE.fullmatch(text.url) else ""
        yield f"{marked(first_sentence(text.why))}{see}\n\n"
    for finding in rule.worst:
        yield _item(finding)
    if rule.count > len(rule.worst):
        yield f"- …and {rule.count - len(rule.worst)} more\n"


def _item(finding: Finding) -> str:
    location = finding.location
    help_ = f": {marked(finding.help)}" if finding.help else ""
    path = f" {escaped(location.path)}" if location.path else ""
    return f"- [ ] {placed(location)}{path} — {marked(finding.message)}{help_}\n"
