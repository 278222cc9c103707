"""A run in numbers for Prometheus' textfile collector: one file for all images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.core.report import Outcome
from imagelint.reporters.openmetrics import END, Sample, family

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.fleet.gather import Fleet

_MOST_RULES = 200


def metrics(fleet: Fleet) -> Iterator[str]:
    """The families, none with a label that grows with the number of images."""
    found = fleet.overview
    yield from family("audit_run", "The run.", [Sample(fleet.run.id)])
    came_to = fleet.run.outcome or Outcome.INCOMPLETE.value
    verdict = {each.value: int(each.value == came_to) for each in Outcome}
    yield from _by("audit_verdict", "Whether the run came to that.", "outcome", verdict)
    problems = fleet.problem_counts
    yield from _by("audit_problems", "What could not be told.", "category", problems)
    yield from _by("audit_references", "References by how it ended.", "category", found.categories)
    yield from _by("audit_images", "Audited references by outcome.", "outcome", found.outcomes)
    size = [Sample(found.size)]
    yield from family("audit_size", "Layers of all images as they are stored.", size, "bytes")
    counts = dict(zip(found.findings._fields, found.findings, strict=True))
    allowed = counts.pop("allowed")
    yield from _by("audit_findings", "Findings that count.", "severity", counts)
    yield from family("audit_allowed", "Findings that do not count.", [Sample(allowed)])
    yield from family("audit_rule_findings", "Findings that count, by rule.", _rules(fleet))
    owners = {group.name: group.findings for group in fleet.groups["owner"]}
    yield from _by("audit_owner_findings", "Findings that count, by team.", "owner", owners)
    exploited = sum(bool(one.exploited) for one in fleet.vulnerabilities)
    help_ = "Vulnerabilities that are known to be exploited."
    yield from family("audit_exploited_vulnerabilities", help_, [Sample(exploited)])
    yield from _by("audit_drift", "What changed since the run before.", "kind", fleet.drift_counts)
    yield from family("audit_stale", "References not audited for long.", [Sample(len(fleet.stale))])
    yield END


def _rules(fleet: Fleet) -> Iterator[Sample]:
    for group in sorted(fleet.groups["rule"][:_MOST_RULES]):
        labels = (("severity", str(Severity(group.severity))), ("rule", group.name))
        yield Sample(group.findings, labels)


def _by(name: str, help_: str, label: str, counts: Mapping[str, int]) -> Iterable[str]:
    samples = (Sample(number, ((label, value),)) for value, number in sorted(counts.items()))
    return family(name, help_, samples)
