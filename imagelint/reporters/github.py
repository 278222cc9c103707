"""For GitHub Actions: annotations, as many as GitHub shows, the worst first.

Commands: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions.
GitHub shows ten annotations of each type for a step and silently drops the rest.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem
from imagelint.reporters.order import by_severity, shown
from imagelint.reporters.places import places
from imagelint.reporters.unjudged import unjudged
from imagelint.reporters.visible import visible_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Finding, Location
    from imagelint.core.report import Verdict
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.places import Places

_MOST_OF_A_TYPE = 10
_FIRST_PROBLEMS = 3
_LONGEST_MESSAGE = 4_000
_TYPES = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


class _Annotation(NamedTuple):
    """What may become an annotation, before it is known whether there is room."""

    kind: str
    label: str
    about: Finding | Problem


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """One command a line; the last one says how many there was no room for."""
    wanted = _wanted(verdict, context)
    where = places(verdict.report, context.root, context.prefix)
    fitting, left = _fitting(wanted, notices=_MOST_OF_A_TYPE)
    if left:
        # The line that says so is a notice too, and needs its place.
        fitting, left = _fitting(wanted, notices=_MOST_OF_A_TYPE - 1)
    for annotation in fitting:
        about = annotation.about
        yield _problem(about, where) if isinstance(about, Problem) else _finding(about, where)
    if left:
        yield _command("notice", {"title": "imagelint"}, _more(left))


def annotation(message: str) -> str:
    """What went wrong before there was a verdict, as a command."""
    return _command("error", {"title": "imagelint"}, message)


def _wanted(verdict: Verdict, context: ReportContext) -> tuple[_Annotation, ...]:
    """All annotations with the worst first.

    The first few things that could not be judged stand behind what is critical, the others behind
    all other errors, so that neither drowns the other.
    """
    found = by_severity(shown(verdict.report.findings, context.least))
    worst = [_about(each) for each in found if each.severity is Severity.CRITICAL]
    rest = [_about(each) for each in found if each.severity is not Severity.CRITICAL]
    untold = [_Annotation("error", "not judged", each) for each in unjudged(verdict)]
    return (*worst, *untold[:_FIRST_PROBLEMS], *rest, *untold[_FIRST_PROBLEMS:])


def _about(finding: Finding) -> _Annotation:
    return _Annotation(_TYPES[finding.severity], str(finding.severity), finding)


def _fitting(
    wanted: tuple[_Annotation, ...], notices: int
) -> tuple[list[_Annotation], list[_Annotation]]:
    """Annotations that there is room for, and the others."""
    room = {"error": _MOST_OF_A_TYPE, "warning": _MOST_OF_A_TYPE, "notice": notices}
    fitting: list[_Annotation] = []
    left: list[_Annotation] = []
    for annotation in wanted:
        (fitting if room[annotation.kind] else left).append(annotation)
        room[annotation.kind] = max(room[annotation.kind] - 1, 0)
    return fitting, left


def _more(left: list[_Annotation]) -> str:
    labels = Counter(annotation.label for annotation in left)
    parts = ", ".join(f"{count} {label}" for label, count in labels.items())
    return f"and {len(left)} more ({parts}): see the log or the full report"


def _finding(finding: Finding, where: Places) -> str:
    location = finding.location
    about = location.origin if where.is_image(location) else location.path
    help_ = f"\n{finding.help}" if finding.help else ""
    message = f"{about}: {finding.message}" if about else finding.message
    properties = {
        **_place(where.place(finding), where),
        "title": f"{finding.severity}: {finding.rule}",
    }
    return _command(_TYPES[finding.severity], properties, f"{message}{help_}")


def _problem(problem: Problem, where: Places) -> str:
    place = _place(problem.location, where) if problem.location else {}
    help_ = f"\n{problem.help}" if problem.help else ""
    message = f"{problem.origin}: {problem.detail}" if problem.origin else problem.detail
    title = f"not judged: {problem.kind.value}"
    return _command("error", {**place, "title": title}, f"{message}{help_}")


def _place(location: Location, where: Places) -> dict[str, str]:
    """File and lines; columns only within one line, as GitHub ignores them otherwise."""
    if where.is_image(location):
        return {"file": where.anchor} if where.anchor else {}
    file = where.file(location)
    if not location.excerpt.lines:
        return {"file": file}
    start, end = location.start, location.end
    lines = {"file": file, "line": str(start.line), "endLine": str(end.line)}
    if start.line != end.line:
        return lines
    return {**lines, "col": str(start.column), "endColumn": str(end.column)}


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    inside = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {inside}::{_data(_cut(message))}\n"


def _cut(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]}…"


def _data(text: str) -> str:
    """Escaped as `escapeData` of GitHub's toolkit does; other controls are shown."""
    return visible_lines(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escaped as `escapeProperty` of GitHub's toolkit does."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
