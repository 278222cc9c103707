"""For merge requests of GitLab: a code quality report.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. GitLab wants paths from
the repository's root and drops what has the fingerprint of another one. What could not be judged is
an issue too: a list without it would read as well examined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.reporters.identity import identities
from imagelint.reporters.order import by_severity
from imagelint.reporters.places import places
from imagelint.reporters.stream import dump
from imagelint.reporters.unjudged import as_finding, unjudged
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.finding import Finding
    from imagelint.core.report import Verdict
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.places import Places
    from imagelint.reporters.stream import Json

LEVELS = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """A list of issues, one a line, the worst first."""
    yield from listed(issues(verdict, context))


def listed(texts: Iterable[str]) -> Iterator[str]:
    """The list of some issues."""
    between = "[\n"
    for text in texts:
        yield f"{between}  {text}"
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


def issues(verdict: Verdict, context: ReportContext, *, pinned: bool = False) -> Iterator[str]:
    """The issues of a verdict; `pinned`: as `places` takes it."""
    where = places(verdict.report, context.root, context.prefix)._replace(pinned=pinned)
    untold = map(as_finding, unjudged(verdict))
    found = by_severity((*verdict.report.findings, *untold))
    # By the steady place: an image keeps its issue from build to build.
    prints = identities([where.steady(finding) for finding in found])
    for finding, fingerprint in zip(found, prints, strict=True):
        yield dump(_issue(finding, fingerprint, where))


def _issue(finding: Finding, fingerprint: str, where: Places) -> dict[str, Json]:
    location, place = finding.location, where.place(finding)
    about = location.origin if where.is_image(location) else location.path
    message = visible(f"{about}: {finding.message}" if about else finding.message)
    help_ = f" ({visible(finding.help)})" if finding.help else ""
    return {
        "description": f"{message}{help_}",
        "check_name": visible(finding.rule),
        "fingerprint": fingerprint,
        "severity": LEVELS[finding.severity],
        "location": {
            "path": visible(where.file(place)),
            "lines": {"begin": place.start.line, "end": place.end.line},
        },
    }
