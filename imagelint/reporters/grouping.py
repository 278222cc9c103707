"""What would be read again and again is shown together.

Findings without a place in a text (vulnerabilities of an image) are shown by what they concern, and
those that say the same about many places once.

Two hundred blocks of four lines would say less than one table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.finding import Finding


_REPEATED = 3


class Group(NamedTuple):
    """Findings of one rule about one origin, none of which has an excerpt; at least two."""

    findings: tuple[Finding, ...]

    def by_subject(self) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
        """Subjects with the worst first, each with its findings, the worst first."""
        subjects: dict[str, list[Finding]] = {}
        for finding in sorted(self.findings, key=_within_key):
            subjects.setdefault(_concern(finding), []).append(finding)
        return tuple((subject, tuple(found)) for subject, found in subjects.items())


class Repeated(NamedTuple):
    """Findings that say the same about several places; at least `_REPEATED`, in their order."""

    findings: tuple[Finding, ...]


def blocks(findings: Iterable[Finding]) -> Iterator[Finding | Group | Repeated]:
    """Findings in their order; those of a group stand where the first of them would."""
    ordered = tuple(findings)
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in ordered:
        groups.setdefault(_key(finding), []).append(finding)
    for finding in ordered:
        found = groups.get(_key(finding), [])
        if _groupable(finding):
            if found and found[0] is finding:
                yield Group(tuple(found)) if len(found) > 1 else finding
        elif len(found) < _REPEATED:
            yield finding
        elif found[0] is finding:
            yield Repeated(tuple(found))


def _key(finding: Finding) -> tuple[object, ...]:
    """What is the same of the findings that are shown together."""
    if _groupable(finding):
        return (finding.location.origin, finding.rule)
    return _said(finding)


def _said(finding: Finding) -> tuple[object, ...]:
    """What a reader would read again: findings with notes of their own are never alike."""
    own = finding.location if finding.notes else None
    title = finding.fix.title if finding.fix else ""
    return (finding.rule, finding.severity, finding.message, finding.help, title, own)


def _groupable(finding: Finding) -> bool:
    return bool(_concern(finding)) and not finding.location.excerpt.lines


def _concern(finding: Finding) -> str:
    """What a finding concerns: its logical path (a package), else its subject."""
    return finding.location.path or finding.subject


def _within_key(finding: Finding) -> tuple[object, ...]:
    return (-finding.severity, _concern(finding), finding.message)
