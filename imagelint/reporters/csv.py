"""For spreadsheets: a row for each finding, allowed ones and what could not be judged included.

A cell that a spreadsheet would take for a formula begins with an apostrophe, as OWASP advises:
https://owasp.org/www-community/attacks/CSV_Injection.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from imagelint.core.finding import Location
from imagelint.reporters.identity import identities
from imagelint.reporters.order import allowed_by_place, by_severity
from imagelint.reporters.unjudged import unjudged
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.core.finding import Finding
    from imagelint.core.report import Problem, Verdict
    from imagelint.reporters.context import ReportContext

COLUMNS = (
    *("state", "severity", "rule", "origin", "line", "path", "message", "subject", "help"),
    *("confidence", "reason", "until", "fingerprint"),
)
# Beside those of ASCII their full-width forms, which spreadsheets of East Asia take for the same.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def report(verdict: Verdict, _context: ReportContext) -> Iterator[str]:
    """A line of titles, then the rows, the worst first."""
    yield line(COLUMNS)
    yield from rows(verdict)


def rows(
    verdict: Verdict, more: Callable[[str], Iterable[str]] = lambda _origin: ()
) -> Iterator[str]:
    """The lines without the titles; `more` gives further cells about an origin."""
    found = by_severity(verdict.report.findings)
    allowed = allowed_by_place(verdict.report.allowed)
    prints = iter(identities((*found, *(each.finding for each in allowed))))
    for finding in found:
        cells = _finding(finding, ("counts", "", ""), next(prints))
        yield line((*cells, *more(finding.location.origin)))
    for each in allowed:
        said = f"allowed by {each.kind.value}", each.reason, each.until
        cells = _finding(each.finding, said, next(prints))
        yield line((*cells, *more(each.finding.location.origin)))
    for problem in unjudged(verdict):
        yield line((*_problem(problem), *more(problem.origin)))


def line(cells: Iterable[object]) -> str:
    """One row as a line of text."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow([_harmless(cell) for cell in cells])
    return written.getvalue()


def _harmless(cell: object) -> str:
    text = visible(str(cell))
    # Blanks before it are dropped by some who read the file.
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _finding(finding: Finding, said: tuple[str, str, str], fingerprint: str) -> Iterator[object]:
    state, reason, until = said
    location = finding.location
    yield from (state, finding.severity, finding.rule, location.origin, _line(location))
    yield from (location.path, finding.message, finding.subject, finding.help)
    yield from (finding.confidence.value, reason, until, fingerprint)


def _problem(problem: Problem) -> Iterator[object]:
    location = problem.location or Location(problem.origin)
    yield from ("not judged", "", problem.kind.value, problem.origin, _line(location))
    yield from (location.path, problem.detail, "", problem.help, "", "", "", "")


def _line(location: Location) -> object:
    return location.start.line if location.excerpt.lines else ""
