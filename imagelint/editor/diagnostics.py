"""Findings and problems as an editor shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol.types import (
    CodeDescription,
    Diagnostic,
    DiagnosticRelatedInformation,
    DiagnosticSeverity,
    Location,
    Position,
    Range,
)

from imagelint.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.core.finding import Finding
    from imagelint.core.finding import Location as Place
    from imagelint.core.report import Problem
    from imagelint.core.source import Span
    from imagelint.editor.places import Places

SOURCE = "imagelint"
SEVERITIES = {
    Severity.CRITICAL: DiagnosticSeverity.Error,
    Severity.HIGH: DiagnosticSeverity.Error,
    Severity.MEDIUM: DiagnosticSeverity.Warning,
    Severity.LOW: DiagnosticSeverity.Information,
    Severity.INFO: DiagnosticSeverity.Hint,
}
_TOP = Range(Position(0, 0), Position(0, 0))


def of_finding(
    finding: Finding, span: Span, places: Places, uri_of: Callable[[str], str], page: str
) -> Diagnostic:
    """A finding that stands at a span of a text; `page` is the address of its rule's page."""
    likely = " (likely)" if finding.confidence is Confidence.LIKELY else ""
    advice = f"\n{finding.help}" if finding.help else ""
    related = [
        DiagnosticRelatedInformation(
            Location(uri_of(note.location.origin), _range_of(note.location)), note.message
        )
        for note in finding.notes
        if note.location is not None
    ]
    return Diagnostic(
        range=places.range(span),
        message=f"{finding.message}{likely}{advice}",
        severity=SEVERITIES[finding.severity],
        code=finding.rule,
        code_description=CodeDescription(page),
        source=SOURCE,
        related_information=related or None,
    )


def of_problem(problem: Problem, places: Places) -> Diagnostic:
    """What could not be judged: nothing is passed in silence."""
    place = problem.location
    advice = f"\n{problem.help}" if problem.help else ""
    return Diagnostic(
        range=places.range(place.span) if place is not None else _TOP,
        message=f"not judged: {problem.detail}{advice}",
        severity=DiagnosticSeverity.Error,
        code=problem.kind.value,
        source=SOURCE,
    )


def _range_of(place: Place) -> Range:
    """Where something stands in another file: by code points, as its text is not at hand."""
    return Range(
        Position(place.start.line - 1, place.start.column - 1),
        Position(place.end.line - 1, place.end.column - 1),
    )
