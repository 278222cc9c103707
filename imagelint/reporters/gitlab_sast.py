"""For the security pages of GitLab: a report of static application security testing.

Fields: gitlab-org/security-products/security-report-schemas, dist/sast-report-format.json of
`SCHEMA`. What could not be judged is a vulnerability too, and said in the messages of the scan:
GitLab takes for mended what a report does not hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import Outcome
from imagelint.reporters.identity import identities
from imagelint.reporters.order import by_severity
from imagelint.reporters.places import places
from imagelint.reporters.stream import Items, chunks
from imagelint.reporters.unjudged import RULE, as_finding, unjudged
from imagelint.reporters.visible import visible, visible_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Finding
    from imagelint.core.report import Problem, Verdict
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.places import Places
    from imagelint.reporters.stream import Json

SCHEMA = "15.2.1"
_LONGEST_NAME, _LONGEST_SOLUTION, _LONGEST_TEXT = 255, 7_000, 100_000
# Where nobody tells the time, every run is at the same one.
_NEVER = "1970-01-01T00:00:00"


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """One object with all findings, the worst first."""
    where = places(verdict.report, context.root, context.prefix)
    untold = unjudged(verdict)
    found = by_severity((*verdict.report.findings, *map(as_finding, untold)))
    prints = identities([where.steady(finding) for finding in found])
    yield from chunks(
        {
            "version": SCHEMA,
            "scan": _scan(verdict, untold, context),
            "vulnerabilities": Items(
                _vulnerability(finding, fingerprint, where, context)
                for finding, fingerprint in zip(found, prints, strict=True)
            ),
        }
    )
    yield "\n"


def _scan(verdict: Verdict, untold: tuple[Problem, ...], context: ReportContext) -> dict[str, Json]:
    """Who looked, when, and what he could not look at."""
    moment = context.moment.removesuffix("Z") or _NEVER
    program: dict[str, Json] = {
        "id": "imagelint",
        "name": "imagelint",
        "vendor": {"name": "imagelint"},
        "version": context.version or "0",
    }
    said = (f"{one.origin}: {one.detail}" if one.origin else one.detail for one in untold)
    messages: list[Json] = [{"level": "warn", "value": visible(text) or RULE} for text in said]
    return {
        "analyzer": program,
        "scanner": program,
        "type": "sast",
        "start_time": moment,
        "end_time": moment,
        "status": "failure" if verdict.outcome is Outcome.INCOMPLETE else "success",
        "messages": messages,
    }


def _vulnerability(
    finding: Finding, fingerprint: str, where: Places, context: ReportContext
) -> dict[str, Json]:
    text = context.describe(finding.rule)
    place = where.place(finding)
    told: dict[str, Json] = {
        "id": fingerprint,
        "name": visible(text.summary if text else finding.rule)[:_LONGEST_NAME],
        "description": _description(finding, text.why if text else "", where),
        "severity": str(finding.severity).capitalize(),
        "identifiers": [_identifier(finding, text.url if text else "")],
        "location": {
            "file": visible(where.file(place)),
            "start_line": place.start.line,
            "end_line": place.end.line,
        },
    }
    if finding.help:
        told["solution"] = visible_lines(finding.help)[:_LONGEST_SOLUTION]
    if text and text.url:
        told["links"] = [{"url": text.url}]
    return told


def _identifier(finding: Finding, url: str) -> dict[str, Json]:
    rule = visible(finding.rule) or RULE
    told: dict[str, Json] = {
        "type": "imagelint_problem" if finding.rule == RULE else "imagelint_rule",
        "name": f"imagelint {rule}",
        "value": rule,
    }
    return {**told, "url": url} if url else told


def _description(finding: Finding, why: str, where: Places) -> str:
    location = finding.location
    about = location.origin if where.is_image(location) else location.path
    said = visible(f"{about}: {finding.message}" if about else finding.message)
    notes = "\n".join(visible(note.message) for note in finding.notes)
    return "\n\n".join(part for part in (said, notes, why) if part)[:_LONGEST_TEXT]
