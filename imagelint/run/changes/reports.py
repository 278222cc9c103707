"""What a change brings, told from a JSON report that was made before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagelint.collect.read import decode, read_bytes
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.finding import Excerpt, Finding, Location, Severity
from imagelint.core.report import Change, Problem
from imagelint.core.source import Position, Span
from imagelint.engine.change import compare_findings
from imagelint.run.changes.since import Compared, new_only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.engine.waivers import SuppressionResult
    from imagelint.run.session import Session

_SCHEMA = "imagelint.report/1"


def without_reported(result: SuppressionResult, session: Session, path: str) -> Compared:
    """A result without what a report of `--format json` holds.

    What was allowed there, or could not be judged, was not found there. Problems are told, all.

    Raises:
        UsageError: it is no such report, or one that holds only what was new.
    """
    older = tuple(_findings(_read(path), path))
    difference = compare_findings(result.report.findings, older)
    change = Change(path, "", difference.unchanged, difference.mended)
    return Compared(new_only(result, difference.new, change, session), change)


def _read(path: str) -> dict[str, Any]:
    import json

    data = read_bytes(path, path)
    if isinstance(data, Problem):
        raise _refused(path, data.detail)
    source = decode(data, path).source
    try:
        report = json.loads(source.text) if source is not None else None
    except (ValueError, RecursionError) as error:
        raise _refused(path, f"it is not JSON: {error}") from None
    if not isinstance(report, dict) or report.get("schema") != _SCHEMA:
        raise _refused(path, f"it is no report of the form {_SCHEMA}")
    if report.get("since") is not None:
        raise _refused(path, "it holds only what was new itself")
    return report


def _findings(report: dict[str, Any], path: str) -> Iterator[Finding]:
    try:
        for said in report["findings"]:
            yield _finding(said)
            yield from map(_finding, said["parts"])
    except (ArithmeticError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise _refused(path, f"a finding of it is no finding ({error!r})") from None


def _finding(said: dict[str, Any]) -> Finding:
    place = said["location"]
    excerpt = place["excerpt"]
    location = Location(
        str(place["origin"]),
        Span(int(place["span"]["start"]), int(place["span"]["end"])),
        Position(int(place["start"]["line"]), int(place["start"]["column"])),
        Position(int(place["end"]["line"]), int(place["end"]["column"])),
        Excerpt(int(excerpt["first_line"]), tuple(map(str, excerpt["lines"]))),
        str(place["path"]),
    )
    return Finding(
        str(said["rule"]),
        Severity.named(said["severity"]),
        str(said["message"]),
        location,
        subject=str(said["subject"]),
    )


def _refused(path: str, why: str) -> UsageError:
    help_ = "write one with `--format json=FILE`, of the same files, where you compare with"
    return UsageError(Diagnostic(f"--diff-from: the report cannot be used: {why}", path, help_))
