"""For DefectDojo: its "Generic Findings Import".

Fields: https://docs.defectdojo.com/supported_tools/parsers/generic_findings_import/; any other is
refused there. What is allowed is imported as an accepted risk, so that it closes nothing silently;
what could not be judged is a finding, so that nothing is closed because nobody looked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Confidence
from imagelint.core.pattern import pattern
from imagelint.reporters.identity import identities
from imagelint.reporters.order import allowed_by_place, by_severity
from imagelint.reporters.places import places
from imagelint.reporters.stream import Items, chunks
from imagelint.reporters.unjudged import as_finding, unjudged
from imagelint.reporters.visible import visible, visible_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.finding import Finding
    from imagelint.core.report import Allowed, Verdict
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.places import Places
    from imagelint.reporters.stream import Json

_VULNERABILITY = pattern(r"\b(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3})\b")
# The columns are so wide, and a longer word fails the whole import
# (DefectDojo/django-DefectDojo@03609eb7: class Finding).
_LONGEST_TITLE, _LONGEST_SERVICE, _LONGEST_PATH = 500, 200, 4000
_LONGEST_NAME, _LONGEST_VERSION = 500, 100
# Of Bandit's scale, which DefectDojo took: 1 is certain.
_CERTAINTY = {Confidence.CERTAIN: 1, Confidence.LIKELY: 4}


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """One object with all findings, the worst first."""
    yield from written(members(verdict, context), context)


def written(findings: Iterable[Json], context: ReportContext) -> Iterator[str]:
    """The object of some findings."""
    yield from chunks(
        {
            "name": f"imagelint {context.command}",
            "type": "imagelint",
            "version": context.version,
            "static_tool": True,
            "findings": Items(findings),
        }
    )
    yield "\n"


def members(verdict: Verdict, context: ReportContext, *, pinned: bool = False) -> Iterator[Json]:
    """The findings of a verdict, allowed ones last; `pinned`: as `places` takes it."""
    where = places(verdict.report, context.root, context.prefix)._replace(pinned=pinned)
    untold = map(as_finding, unjudged(verdict))
    found = by_severity((*verdict.report.findings, *untold))
    allowed = allowed_by_place(verdict.report.allowed)
    every = (*found, *(each.finding for each in allowed))
    prints = iter(identities([where.steady(finding) for finding in every]))
    for finding in found:
        yield _finding(finding, next(prints), where, context)
    for each in allowed:
        yield _accepted(each, next(prints), where, context)


def _accepted(
    allowed: Allowed, fingerprint: str, where: Places, context: ReportContext
) -> dict[str, Json]:
    until = f", until {allowed.until}" if allowed.until else ""
    said = visible(f"{allowed.kind.value}: {allowed.reason}{until}")
    return {
        **_finding(allowed.finding, fingerprint, where, context),
        "active": False,
        "risk_accepted": True,
        "severity_justification": said,
    }


def _finding(
    finding: Finding, fingerprint: str, where: Places, context: ReportContext
) -> dict[str, Json]:
    text = context.describe(finding.rule)
    location, place = finding.location, where.place(finding)
    written: dict[str, Json] = {
        "title": visible(f"{finding.rule}: {finding.message}")[:_LONGEST_TITLE],
        "severity": str(finding.severity).capitalize(),
        "description": _description(finding, text.why if text else ""),
        "mitigation": visible_lines(finding.help),
        "references": text.url if text else "",
        "active": True,
        "static_finding": True,
        "dynamic_finding": False,
        "scanner_confidence": _CERTAINTY[finding.confidence],
        "unique_id_from_tool": fingerprint,
        "vuln_id_from_tool": visible(finding.rule),
        "service": _service(location.origin) if where.is_image(location) else "",
        "file_path": visible(where.file(place))[-_LONGEST_PATH:],
        "fix_available": finding.fix is not None or " fixed in " in finding.message,
    }
    if place.excerpt.lines:
        written["line"] = place.start.line
    name, _, version = visible(location.path).rpartition(" ")
    if where.is_image(location) and name:
        written["component_name"] = name[:_LONGEST_NAME]
        written["component_version"] = version[:_LONGEST_VERSION]
    found = sorted(set(_VULNERABILITY.findall(f"{finding.subject} {finding.message}")))
    return {**written, "vulnerability_ids": found} if found else written


def _service(image: str) -> str:
    """An image without its digest; of a long name the end tells it from others."""
    return visible(image.partition("@")[0])[-_LONGEST_SERVICE:]


def _description(finding: Finding, why: str) -> str:
    lines = "\n".join(f"    {visible(line)}" for line in finding.location.excerpt.lines)
    notes = "\n".join(visible(note.message) for note in finding.notes)
    parts = (visible(finding.message), lines, notes, why)
    return "\n\n".join(part for part in parts if part)
