"""In which order findings are shown: the same for the same findings, however they were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.core.finding import Finding, Location
    from imagelint.core.report import Allowed, Examined, Problem

SEVERITIES = tuple(sorted(Severity, reverse=True))


def by_place(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings as a reader meets them: by origin, position, severity, rule."""
    return tuple(sorted(findings, key=place_key))


def shown(findings: Iterable[Finding], least: Severity | None) -> tuple[Finding, ...]:
    """The findings that are not below the lowest severity that is wanted."""
    return tuple(each for each in findings if least is None or each.severity >= least)


def by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings with the worst first, then as a reader meets them."""
    return tuple(sorted(findings, key=lambda finding: (-finding.severity, place_key(finding))))


def allowed_by_place(allowed: Iterable[Allowed]) -> tuple[Allowed, ...]:
    """Allowed findings as a reader meets them."""
    return tuple(sorted(allowed, key=_allowed_key))


def problems_by_place(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by origin, position, kind."""
    return tuple(sorted(problems, key=_problem_key))


def examined_by_name(examined: Iterable[Examined]) -> tuple[Examined, ...]:
    """What was examined, by origin, kind and digest; each thing once."""
    return tuple(sorted(set(examined), key=lambda one: (*one[:3], one.about.value)))


def severity_counts(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings there are of each severity, the worst first; all five are present."""
    counts = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def _at(location: Location) -> tuple[object, ...]:
    return (location.origin, location.start, location.end)


def place_key(finding: Finding) -> tuple[object, ...]:
    """By what findings are sorted: equal only for findings that read the same."""
    return (
        *_at(finding.location),
        -finding.severity,
        finding.rule,
        finding.subject,
        finding.message,
        finding.location.path,
    )


def _allowed_key(allowed: Allowed) -> tuple[object, ...]:
    return (*place_key(allowed.finding), allowed.kind.value, allowed.reason, allowed.until)


def _problem_key(problem: Problem) -> tuple[object, ...]:
    place = _at(problem.location) if problem.location else ()
    return (problem.origin, place, problem.kind.value, problem.detail, problem.help)
