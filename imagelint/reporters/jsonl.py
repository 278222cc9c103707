"""For streams: one JSON object a line, each complete in itself; `type` says what it is.

`verdict` comes first, then `finding`, `allowed` and `problem`, whose fields are those of the JSON
report (docs/report.schema.json).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.reporters.identity import identities
from imagelint.reporters.json import allowed_member, finding_member, problem_member
from imagelint.reporters.order import allowed_by_place, by_severity, problems_by_place
from imagelint.reporters.stream import dump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.core.report import Verdict
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.stream import Json


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """The lines, the worst findings first."""
    yield head(verdict, context)
    yield from members(verdict)


def members(
    verdict: Verdict, more: Callable[[str], Mapping[str, Json]] = lambda _origin: {}
) -> Iterator[str]:
    """The lines about what was found; `more` gives further members about an origin."""
    found = by_severity(verdict.report.findings)
    allowed = allowed_by_place(verdict.report.allowed)
    prints = iter(identities((*found, *(each.finding for each in allowed))))
    for finding in found:
        said = finding_member(finding, next(prints))
        yield _line("finding", {**said, **more(finding.location.origin)})
    for each in allowed:
        said = allowed_member(each, next(prints))
        yield _line("allowed", {**said, **more(each.finding.location.origin)})
    for problem in problems_by_place(verdict.report.problems):
        yield _line("problem", {**problem_member(problem), **more(problem.origin)})


def head(verdict: Verdict, context: ReportContext) -> str:
    """The line about the verdict."""
    told: dict[str, Json] = {
        "tool": {"name": "imagelint", "version": context.version},
        "command": context.command,
        "outcome": verdict.outcome.value,
        "exit_code": int(verdict.exit_code),
        "reasons": verdict.reasons,
        "evidence": [{"name": name, "value": value} for name, value in verdict.evidence.entries],
    }
    return _line("verdict", told)


def _line(kind: str, members: Mapping[str, Json]) -> str:
    return dump({"type": kind, **members}) + "\n"
