"""For code scanning: SARIF 2.1.0 within the limits of GitHub.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. What GitHub reads of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ExitCode
from imagelint.reporters.closing import allowed_line
from imagelint.reporters.identity import identities
from imagelint.reporters.order import by_severity, problems_by_place
from imagelint.reporters.places import places
from imagelint.reporters.sarif_results import ReportedFinding, ResultBuilder
from imagelint.reporters.sarif_rules import rule_descriptor, rule_id
from imagelint.reporters.sarif_text import text
from imagelint.reporters.stream import Items, chunks, dump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.report import Problem, Report, Verdict
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.places import Places
    from imagelint.reporters.stream import Json

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
# GitHub rejects a file with more.
MOST_RESULTS = 25_000


def report(verdict: Verdict, context: ReportContext, left_out: int = 0) -> Iterator[str]:
    """One run. Beyond GitHub's limit the least severe results are left out, and that is said.

    `left_out` of them are not in the verdict any more.
    """
    where = places(verdict.report, context.root, context.prefix)
    subjects = _subjects(verdict, where)
    kept = subjects[:MOST_RESULTS]
    left_out += len(subjects) - len(kept)
    described = {rule_id(each.finding, context): each.finding for each in reversed(kept)}
    rules = tuple(sorted(described))
    results = ResultBuilder(rules, context, where)
    yield f'{{"$schema": {dump(SCHEMA)}, "runs": [\n'
    yield from chunks(
        {
            "automationDetails": {"id": _category(context)},
            "columnKind": "unicodeCodePoints",
            "invocations": [_invocation(verdict, results, left_out)],
            "originalUriBaseIds": {
                "%SRCROOT%": {"description": {"text": "The root of the repository."}}
            },
            "properties": {
                "evidence": [[text(part) for part in entry] for entry in verdict.evidence.entries],
                "outcome": verdict.outcome.value,
                "reasons": [text(reason) for reason in verdict.reasons],
            },
            "results": Items(results.result(subject) for subject in kept),
            "tool": {
                "driver": {
                    "informationUri": "https://imagelint.dev",
                    "name": "imagelint",
                    "semanticVersion": text(context.version, "0.0.0"),
                    "rules": [rule_descriptor(each, described[each], context) for each in rules],
                    "notifications": _kinds(verdict.report),
                }
            },
        }
    )
    yield '\n], "version": "2.1.0"}\n'


def _category(context: ReportContext) -> str:
    """What GitHub tells analyses apart by: all up to the last slash."""
    return f"{text(context.category or f'imagelint-{context.command}').rstrip('/')}/"


def _subjects(verdict: Verdict, where: Places) -> tuple[ReportedFinding, ...]:
    """What becomes results, the worst first; of a change what is new, then what was there before.

    Without the latter code scanning would close their alerts.

    Allowed findings do not: GitHub does not read `suppressions` and would open an alert for each
    (https://github.com/github/codeql-action/issues/1230). The JSON report has them.
    """
    change = verdict.change
    new = by_severity(verdict.report.findings)
    findings = (*new, *by_severity(change.unchanged)) if change else new
    prints = identities(tuple(where.steady(finding) for finding in findings))
    subjects = tuple(map(ReportedFinding, findings, prints))
    if change is None:
        return subjects
    return tuple(
        each._replace(state="new" if at < len(new) else "unchanged")
        for at, each in enumerate(subjects)
    )


def _kinds(report: Report) -> Json:
    kinds = {problem.kind.value for problem in report.problems}
    return [{"id": kind, "shortDescription": {"text": kind}} for kind in sorted(kinds)]


def _invocation(verdict: Verdict, results: ResultBuilder, left_out: int) -> Json:
    problems = problems_by_place(verdict.report.problems)
    notifications = [_notification(problem, results) for problem in problems]
    if left_out:
        said = f"{left_out} results were left out, the least severe ones: GitHub takes no more."
        notifications.append({"level": "warning", "message": {"text": said}})
    if verdict.report.allowed:
        said = f"{allowed_line(verdict.report.allowed)}; the JSON report has each with its reason."
        notifications.append({"level": "note", "message": {"text": said}})
    return {
        "executionSuccessful": verdict.exit_code in (ExitCode.PASS, ExitCode.FAIL),
        "exitCode": int(verdict.exit_code),
        "toolExecutionNotifications": notifications,
    }


def _notification(problem: Problem, results: ResultBuilder) -> Json:
    parts = (problem.origin, problem.detail or problem.kind.value)
    said = ": ".join(part for part in parts if part)
    help_ = f"\n{problem.help}" if problem.help else ""
    notification: dict[str, Json] = {
        "level": "error",
        "message": {"text": text(said + help_)},
        "descriptor": {"id": problem.kind.value},
    }
    if problem.location is not None:
        notification["locations"] = [results.location(problem.location)]
    return notification
