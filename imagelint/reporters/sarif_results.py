"""Findings as results of SARIF."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from imagelint.core.finding import Location
from imagelint.core.record import NamedTuple
from imagelint.reporters.sarif_rules import LEVELS, rule_id
from imagelint.reporters.sarif_text import text
from imagelint.reporters.visible import encodable

if TYPE_CHECKING:
    from imagelint.core.finding import Edit, Finding, Fix
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.places import Places
    from imagelint.reporters.stream import Json

# GitHub shows a hundred and takes a thousand.
_MOST_RELATED = 100


class ReportedFinding(NamedTuple):
    """A finding, and by what it is known; no two have the same fingerprint.

    `state` is whether it is new, where that was asked for.
    """

    finding: Finding
    fingerprint: str
    state: str = ""


class ResultBuilder:
    """Makes results of one run."""

    def __init__(self, rules: tuple[str, ...], context: ReportContext, places: Places) -> None:
        self._indices = {rule: index for index, rule in enumerate(rules)}
        self._context = context
        self._places = places

    def result(self, subject: ReportedFinding) -> Json:
        """One result."""
        finding = subject.finding
        identifier = rule_id(finding, self._context)
        result: dict[str, Json] = {
            "ruleId": identifier,
            "ruleIndex": self._indices[identifier],
            "level": LEVELS[finding.severity],
            "message": {"text": _message(finding)},
            "locations": [self._located(finding)],
            "partialFingerprints": {
                "imagelint/v1": subject.fingerprint,
                "primaryLocationLineHash": f"{subject.fingerprint}:1",
            },
            "properties": _properties(finding),
        }
        if subject.state:
            result["baselineState"] = subject.state
        related = self._related(finding)
        if related:
            result["relatedLocations"] = related
        if finding.fix is not None and finding.fix.edits:
            result["fixes"] = [self._fix(finding.fix)]
        return result

    def _located(self, finding: Finding) -> Json:
        """The place of a finding: of one about an image, in the file that made it, if known."""
        made = self._places.place(finding)
        if made is finding.location:
            return self.location(made)
        physical = {"artifactLocation": self._artifact(made), "region": _region(made)}
        return {**self.location(finding.location), "physicalLocation": physical}

    def location(self, location: Location) -> dict[str, Json]:
        """A place: always a file with four numbers, for GitHub takes nothing less."""
        place: dict[str, Json] = {
            "physicalLocation": {
                "artifactLocation": self._artifact(location),
                "region": _region(location),
            }
        }
        # SARIF takes no name twice: a place within an image may be called as the image is.
        names = dict.fromkeys(text(name) for name in (location.path, self._image(location)) if name)
        if names:
            place["logicalLocations"] = [{"fullyQualifiedName": name} for name in names]
        return place

    def _image(self, location: Location) -> str:
        return location.origin if self._places.is_image(location) else ""

    def _artifact(self, location: Location) -> Json:
        path = self._places.file(location)
        # A lone surrogate cannot be in a URI; `:` would make a scheme of what is before it.
        uri = quote(encodable(path), safe="/~!$&'()*+,;=@")
        if path.startswith("/"):
            return {"uri": f"file:///{uri.lstrip('/')}"}
        return {"uri": uri, "uriBaseId": "%SRCROOT%"}

    def _related(self, finding: Finding) -> list[Json]:
        made = self._places.place(finding)
        shown = None if made is finding.location else made
        located = [note for note in finding.notes if note.location not in (None, shown)]
        return [
            {
                "id": number,
                "message": {"text": text(note.message)},
                "physicalLocation": {
                    "artifactLocation": self._artifact(note.location),
                    "region": _region(note.location),
                },
            }
            for number, note in enumerate(located[:_MOST_RELATED], 1)
            if note.location is not None
        ]

    def _fix(self, fix: Fix) -> Json:
        changes: dict[str, list[Json]] = {}
        for edit in fix.edits:
            changes.setdefault(edit.origin, []).append(_replacement(edit))
        return {
            "description": {"text": text(fix.title)},
            "artifactChanges": [
                {"artifactLocation": self._artifact(Location(origin)), "replacements": replacements}
                for origin, replacements in changes.items()
            ],
        }


def _replacement(edit: Edit) -> Json:
    return {
        "deletedRegion": {
            "charOffset": edit.span.start,
            "charLength": max(edit.span.end - edit.span.start, 0),
        },
        **({"insertedContent": {"text": encodable(edit.text)}} if edit.text else {}),
    }


def _message(finding: Finding) -> str:
    """The message; GitHub shows the first line in lists and all of it on the page."""
    notes = [note.message for note in finding.notes if note.location is None]
    rest = [f"Help: {finding.help}"] if finding.help else []
    rest += [f"Note: {note}" for note in notes]
    return "\n".join([text(finding.message, finding.rule), *(text(line) for line in rest)])


def _region(location: Location) -> Json:
    start, end = location.start, location.end
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _properties(finding: Finding) -> Json:
    properties: dict[str, Json] = {
        "severity": str(finding.severity),
        "confidence": finding.confidence.value,
    }
    return {**properties, "subject": text(finding.subject)} if finding.subject else properties
