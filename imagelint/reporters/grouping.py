"""Findings without a place in a text (vulnerabilities of an image) are shown by what they concern.

Two hundred blocks of four lines would say less than one table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.finding import Finding


class Group(NamedTuple):
    """Findings of one rule about one origin, none of which has an excerpt; at least two."""

    findings: tuple[Finding, ...]

    def by_subject(self) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
        """Subjects with the worst first, each with its findings, the worst first."""
        subjects: dict[str, list[Finding]] = {}
        for finding in sorted(self.findings, key=_within_key):
            subjects.setdefault(_concern(finding), []).append(finding)
        return tuple((subject, tuple(found)) for subject, found in subjects.items())


def blocks(findings: Iterable[Finding]) -> Iterator[Finding | Group]:
    """Findings in their order; those of a group stand where the first of them would."""
    ordered = tuple(findings)
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in ordered:
        if _groupable(finding):
            groups.setdefault((finding.location.origin, finding.rule), []).append(finding)
    for finding in ordered:
        if not _groupable(finding):
            yield finding
            continue
        found = groups.pop((finding.location.origin, finding.rule), [])
        if len(found) == 1:
            yield finding
        elif found:
            yield Group(tuple(found))


def _groupable(finding: Finding) -> bool:
    return bool(_concern(finding)) and not finding.location.excerpt.lines


def _concern(finding: Finding) -> str:
    """What a finding concerns: its logical path (a package), else its subject."""
    return finding.location.path or finding.subject


def _within_key(finding: Finding) -> tuple[object, ...]:
    return (-finding.severity, _concern(finding), finding.message)
