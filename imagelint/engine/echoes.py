"""One cause, one finding: what is said again about the same place is an echo.

Services that extend one another, anchors and merge keys show the same words of a file in several
places, and files that are put together are judged in each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias

    from imagelint.core.finding import Finding
    from imagelint.core.report import Report
    from imagelint.core.source import Span

    Cause: TypeAlias = tuple[str, str, Span, str]


_MOST_MAKERS = 5
_MOST_USES = 3
_ALSO = "the same words are "
_IN_WHAT = "in what "


def made_by(maker: str) -> Note:
    """The remark that something is so in what somebody renders."""
    return Note(f"{_IN_WHAT}{maker} makes")


def _makers(finding: Finding) -> tuple[Note, ...]:
    return tuple(note for note in finding.notes if note.message.startswith(_IN_WHAT))


def without_echoes(findings: Iterable[Finding], *, rendered: bool = False) -> tuple[Finding, ...]:
    """The first finding of each cause in a text; where severities differ, the most severe.

    What stands elsewhere by an anchor, or by what extends it, is named in a note. What is rendered
    is often placed at a whole object: no words of it need be the same.
    """
    first: dict[Cause, Finding] = {}
    uses: dict[Cause, dict[str, None]] = {}
    for finding in findings:
        cause = _cause(finding)
        known = first.get(cause)
        if known is None or finding.severity > known.severity:
            first[cause] = finding
        uses.setdefault(cause, {})[finding.location.path] = None
    if rendered:
        return tuple(first.values())
    return tuple(_with_uses(finding, uses[cause]) for cause, finding in first.items())


def _with_uses(finding: Finding, paths: Iterable[str]) -> Finding:
    others = [path for path in paths if path and path != finding.location.path]
    if not others or not finding.location.path:
        return finding
    shown = ", ".join(f"`{path}`" for path in others[:_MOST_USES])
    more = f" and {len(others) - _MOST_USES} more" if len(others) > _MOST_USES else ""
    return finding._replace(notes=(*finding.notes, Note(f"{_ALSO}{shown}{more}")))


def without_repeats(reports: Mapping[str, Report]) -> dict[str, Report]:
    """The reports about files, without what one says about another that is said there, too."""
    foreign = [origin for origin, report in reports.items() if _foreign(origin, report)]
    if not foreign:
        return dict(reports)
    said: set[Cause] = set()
    for origin, report in reports.items():
        allowed = (each.finding for each in report.allowed)
        said |= {_cause(one) for one in (*report.findings, *allowed) if _is_at(one, origin)}
    result = dict(reports)
    makers: dict[Cause, list[Note]] = {}
    for origin in foreign:
        report = reports[origin]
        kept = tuple(one for one in report.findings if _is_new(one, origin, said, makers))
        suppressed = tuple(
            each for each in report.allowed if _is_new(each.finding, origin, said, makers)
        )
        result[origin] = report._replace(findings=kept, allowed=suppressed)
    return _with_makers(result, makers) if makers else result


def _is_new(
    finding: Finding, origin: str, said: set[Cause], makers: dict[Cause, list[Note]]
) -> bool:
    if _is_at(finding, origin):
        return True
    cause = _cause(finding)
    known = cause in said
    said.add(cause)
    if known:
        makers.setdefault(cause, []).extend(_makers(finding))
    return not known


def _with_makers(
    reports: dict[str, Report], makers: Mapping[Cause, list[Note]]
) -> dict[str, Report]:
    """The reports, whose findings about what one folder renders name the others that do so too."""

    def named(finding: Finding) -> Finding:
        own = _makers(finding)
        others = [one for one in makers.get(_cause(finding), ()) if own and one not in own]
        more = len(others) - _MOST_MAKERS
        rest = (Note(f"and in what {more} others make"),) if more > 0 else ()
        return finding._replace(notes=(*finding.notes, *others[:_MOST_MAKERS], *rest))

    return {
        origin: report._replace(findings=tuple(map(named, report.findings)))
        for origin, report in reports.items()
    }


def _foreign(origin: str, report: Report) -> bool:
    allowed = (each.finding for each in report.allowed)
    return any(not _is_at(one, origin) for one in (*report.findings, *allowed))


def _is_at(finding: Finding, origin: str) -> bool:
    return finding.location.origin == origin


def _cause(finding: Finding) -> Cause:
    """What a finding says, without the name of what shows the words."""
    said = finding.message
    if finding.subject:
        said = said.replace(f"`{finding.subject}`", "")
    return finding.rule, finding.location.origin, finding.location.span, said
