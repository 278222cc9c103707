"""For programs: everything that the verdict holds, as docs/report.schema.json describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.reporters.identity import identities
from imagelint.reporters.order import (
    allowed_by_place,
    by_place,
    examined_by_name,
    problems_by_place,
    severity_counts,
)
from imagelint.reporters.stream import Items, chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.finding import Finding, Fix, Location, Note
    from imagelint.core.report import Allowed, Change, Examined, Problem, Report, Verdict
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.stream import Json

SCHEMA = "imagelint.report/1"


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """The report as one JSON object; the same verdict gives the same bytes."""
    found = verdict.report
    findings, allowed = by_place(found.findings), allowed_by_place(found.allowed)
    prints = identities((*findings, *(each.finding for each in allowed)))
    names = {each.rule for finding in found.findings for each in (finding, *finding.parts)}
    names |= {one.finding.rule for one in found.allowed}
    yield from chunks(
        {
            **head(verdict, context),
            "counts": _counts(found),
            "rules": described(names, context),
            "findings": Items(map(finding_member, findings, prints)),
            "allowed": Items(map(allowed_member, allowed, prints[len(findings) :])),
            "problems": Items(problem_member(each) for each in problems_by_place(found.problems)),
            "examined": Items(map(examined_member, examined_by_name(found.examined))),
            "ignored": Items(sorted({each.origin for each in found.ignored})),
            "ignored_files": Items(
                {"origin": each.origin, "reason": each.reason.value}
                for each in sorted(set(found.ignored), key=lambda each: each.origin)
            ),
        }
    )
    yield "\n"


def head(verdict: Verdict, context: ReportContext) -> dict[str, Json]:
    """What stands in a report besides what was found."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "imagelint", "version": context.version},
        "command": context.command,
        "verdict": {
            "outcome": verdict.outcome.value,
            "exit_code": int(verdict.exit_code),
            "reasons": verdict.reasons,
        },
        "evidence": [{"name": name, "value": value} for name, value in verdict.evidence.entries],
        "since": _change(verdict.change) if verdict.change else None,
    }


def _change(change: Change) -> Json:
    """With what was compared, and how much of that is left out."""
    return {
        "name": change.since,
        "commit": change.commit,
        "unchanged": len(change.unchanged),
        "mended": len(change.mended),
        "problems": len(change.problems),
    }


def _counts(report: Report) -> Json:
    return {
        "findings": {str(level): n for level, n in severity_counts(report.findings).items()},
        "allowed": len(report.allowed),
        "problems": len(report.problems),
        "examined": len(set(report.examined)),
        "ignored": len(set(report.ignored)),
    }


def described(names: Iterable[str], context: ReportContext) -> Json:
    """What rules are about, by their names."""
    texts = {name: context.describe(name) for name in names}
    return {
        name: {
            "summary": text.summary,
            "why": text.why,
            "severity": str(text.severity),
            "confidence": text.confidence.value,
            "references": text.references,
            "url": text.url,
        }
        for name, text in texts.items()
        if text is not None
    }


def finding_member(finding: Finding, fingerprint: str) -> dict[str, Json]:
    """One finding, by what it is known."""
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "confidence": finding.confidence.value,
        "message": finding.message,
        "subject": finding.subject,
        "help": finding.help,
        "fingerprint": fingerprint,
        "location": _location(finding.location),
        "notes": [_note(note) for note in finding.notes],
        "parts": [_part(part) for part in finding.parts],
        "fix": _fix(finding.fix) if finding.fix else None,
    }


def _part(finding: Finding) -> Json:
    """What is told together with a finding, as far as it differs."""
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "subject": finding.subject,
        "location": _location(finding.location),
    }


def allowed_member(allowed: Allowed, fingerprint: str) -> dict[str, Json]:
    """One finding that does not count, and why."""
    return {
        "finding": finding_member(allowed.finding, fingerprint),
        "permit": allowed.kind.value,
        "reason": allowed.reason,
        "until": allowed.until,
    }


def problem_member(problem: Problem) -> dict[str, Json]:
    """Something that could not be judged."""
    return {
        "kind": problem.kind.value,
        "origin": problem.origin,
        "detail": problem.detail,
        "help": problem.help,
        "location": _location(problem.location) if problem.location else None,
    }


def examined_member(examined: Examined) -> dict[str, Json]:
    """Something that was examined."""
    return {"origin": examined.origin, "kind": examined.kind, "digest": examined.digest}


def _location(location: Location) -> Json:
    return {
        "origin": location.origin,
        "path": location.path,
        "span": {"start": location.span.start, "end": location.span.end},
        "start": {"line": location.start.line, "column": location.start.column},
        "end": {"line": location.end.line, "column": location.end.column},
        "excerpt": {
            "first_line": location.excerpt.first_line,
            "lines": location.excerpt.lines,
        },
    }


def _note(note: Note) -> Json:
    return {
        "message": note.message,
        "location": _location(note.location) if note.location else None,
    }


def _fix(fix: Fix) -> Json:
    return {
        "title": fix.title,
        "safe": fix.safe,
        "edits": [
            {
                "origin": edit.origin,
                "start": edit.span.start,
                "end": edit.span.end,
                "text": edit.text,
            }
            for edit in fix.edits
        ],
    }
