"""What is said about a document that stands in another one, at its places there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Note
from imagelint.documents.locate import Locator
from imagelint.documents.runtime.field import Place
from imagelint.engine.echoes import made_by

if TYPE_CHECKING:
    from imagelint.core.finding import Finding, Location
    from imagelint.core.report import Report
    from imagelint.documents.base import Document, Embedded


def relocated(report: Report, embedded: Embedded, outer: Document) -> Report:
    """A report with places in the outer document; fixes are left out, which know other places.

    What is a file of its own keeps its places.
    """
    mapped = embedded.mapped
    if embedded.document.rendered:
        return _attributed(report, embedded.document, outer)._replace(examined=())
    if mapped is None:
        return report
    locator = Locator(outer)
    origin = embedded.document.source.origin

    def there(location: Location) -> Location:
        if location.origin != origin:
            return location  # a note about another file
        span = location.span
        path = f"{embedded.path}.{location.path}" if location.path else embedded.path
        return locator.locate(Place(mapped.place(span.start, span.end), path))

    def moved(finding: Finding) -> Finding:
        notes = tuple(
            note._replace(location=there(note.location)) if note.location else note
            for note in finding.notes
        )
        return finding._replace(location=there(finding.location), notes=notes, fix=None)

    return report._replace(
        findings=tuple(map(moved, report.findings)),
        allowed=tuple(each._replace(finding=moved(each.finding)) for each in report.allowed),
        problems=tuple(
            problem._replace(location=there(problem.location) if problem.location else None)
            for problem in report.problems
        ),
        examined=(),
    )


def _is_template(location: Location) -> bool:
    """Whether what is written at a place is only made of it: an edit would be about its result."""
    return any("{{" in line for line in location.excerpt.lines) or "/templates/" in location.origin


def _attributed(report: Report, rendered: Document, outer: Document) -> Report:
    """A report with notes of who renders what is written in other files, and who sets it."""
    origin = outer.source.origin
    note = made_by(getattr(rendered, "maker", origin))
    locator = Locator(rendered)
    set_by = getattr(rendered, "set_by", None)

    def attributed(finding: Finding) -> Finding:
        places = set_by(finding) if set_by is not None else ()
        settings = tuple(
            Note(f"`{place.path}` is set here", locator.locate(Place(place.span)))
            for place in places
        )
        if finding.location.origin == origin:
            return finding._replace(notes=(*finding.notes, *settings)) if settings else finding
        if finding.fix is not None and _is_template(finding.location):
            finding = finding._replace(fix=None)
        return finding._replace(notes=(*finding.notes, *settings, note))

    return report._replace(
        findings=tuple(map(attributed, report.findings)),
        allowed=tuple(each._replace(finding=attributed(each.finding)) for each in report.allowed),
    )
