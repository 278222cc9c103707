"""Reports as JSON text and back, for the cache and for the way between processes."""

from __future__ import annotations

from typing import Any

from imagelint.core.finding import (
    Confidence,
    Edit,
    Excerpt,
    Finding,
    Fix,
    Location,
    Note,
    Severity,
)
from imagelint.core.record import NamedTuple
from imagelint.core.report import (
    AllowanceKind,
    Allowed,
    Examined,
    Ignored,
    IgnoreReason,
    Problem,
    ProblemKind,
    Report,
)
from imagelint.core.source import Position, Span
from imagelint.core.subject import About


class FileReport(NamedTuple):
    """A report about one file, with the digests of the other files that were looked at.

    `dependencies` pairs an origin (or `*` for the whole project) with the digest of its content,
    empty when the file did not exist.
    """

    report: Report
    dependencies: tuple[tuple[str, str], ...] = ()


def encode(stored: FileReport) -> str:
    """JSON text of a stored report: arrays in the order of the fields; ASCII, for any name."""
    import json

    return json.dumps(stored, separators=(",", ":"), default=_plain)


def decode(text: str) -> FileReport | None:
    """What `encode` made of a stored report; None for anything else."""
    import json

    try:
        report, dependencies = json.loads(text)
        findings, allowed, problems, examined, ignored = report
        return FileReport(
            Report(
                tuple(_finding(row) for row in findings),
                tuple(_allowed(row) for row in allowed),
                tuple(_problem(row) for row in problems),
                tuple(_examined(row) for row in examined),
                tuple(Ignored(origin, IgnoreReason(reason)) for origin, reason in ignored),
            ),
            tuple((str(origin), str(digest)) for origin, digest in dependencies),
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _plain(value: object) -> object:
    if isinstance(value, (Confidence, AllowanceKind, IgnoreReason, ProblemKind, About)):
        return value.value
    raise TypeError(f"cannot be stored: {type(value).__name__}")


def _finding(row: list[Any]) -> Finding:
    rule, severity, message, location, help_, notes, fix, subject, *rest = row
    confidence, cause, parts, references = rest
    return Finding(
        rule=rule,
        severity=Severity(severity),
        message=message,
        location=_location(location),
        help=help_,
        notes=tuple(Note(text, _location(at) if at else None) for text, at in notes),
        fix=_fix(fix) if fix else None,
        subject=subject,
        confidence=Confidence(confidence),
        cause=cause,
        parts=tuple(map(_finding, parts)),
        references=None if references is None else tuple(references),
    )


def _location(row: list[Any]) -> Location:
    origin, span, start, end, (first_line, lines), path = row
    excerpt = Excerpt(first_line, tuple(lines))
    return Location(origin, Span(*span), Position(*start), Position(*end), excerpt, path)


def _fix(row: list[Any]) -> Fix:
    title, edits, safe = row
    return Fix(title, tuple(Edit(origin, Span(*span), text) for origin, span, text in edits), safe)


def _allowed(row: list[Any]) -> Allowed:
    finding, kind, *rest = row
    return Allowed(_finding(finding), AllowanceKind(kind), *rest)


def _examined(row: list[Any]) -> Examined:
    origin, kind, digest, about = row
    return Examined(origin, kind, digest, About(about))


def _problem(row: list[Any]) -> Problem:
    kind, origin, detail, help_, location = row
    at = _location(location) if location else None
    return Problem(ProblemKind(kind), origin, detail, help_, at)
