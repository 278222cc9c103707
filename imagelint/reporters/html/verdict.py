"""A verdict as a page: what was found, why it matters, and on what it rests."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.reporters.closing import IGNORED, hidden_line
from imagelint.reporters.html.details import details, place
from imagelint.reporters.html.page import Page, render
from imagelint.reporters.html.tables import Column, Row, Table, facts
from imagelint.reporters.identity import identities
from imagelint.reporters.order import (
    allowed_by_place,
    by_severity,
    examined_by_name,
    problems_by_place,
    severity_counts,
    shown,
)
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.finding import Finding
    from imagelint.core.report import Allowed, Report, Verdict
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.stream import Json

_COUNTS = "counts"
_WORST_FIRST = ((0, "desc"),)


class _Told(NamedTuple):
    """A finding with what decides about it, as a row of the table."""

    finding: Finding
    fingerprint: str
    allowed: Allowed | None = None


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """The whole page; the same verdict gives the same bytes."""
    told = tuple(_told(verdict.report, context))
    page = Page(
        "verdict.html",
        _words(verdict, context),
        (_findings(told, context), _rules(told, context), _origins(verdict.report, told)),
        _rule_texts(told, context),
        {},
    )
    yield from render(page)


def _words(verdict: Verdict, context: ReportContext) -> dict[str, object]:
    found = verdict.report
    image = next((value for name, value in verdict.evidence.entries if name == "image"), "")
    return {
        "title": f"imagelint {context.command}{': ' if image else ''}{visible(image)}",
        "version": context.version,
        "outcome": verdict.outcome.value,
        "reasons": [visible(reason) for reason in verdict.reasons],
        "counts": [(str(level), n) for level, n in severity_counts(found.findings).items()],
        "allowed": len(found.allowed),
        "examined": len(set(found.examined)),
        "hidden": hidden_line(found.findings, context.least).lstrip(", "),
        "problems": [
            {
                "kind": problem.kind.value,
                "origin": visible(problem.origin),
                "detail": visible(problem.detail),
                "help": visible(problem.help),
            }
            for problem in problems_by_place(found.problems)
        ],
        "evidence": [(visible(name), visible(value)) for name, value in verdict.evidence.entries],
        "ignored": sorted(
            {(visible(each.origin), IGNORED[each.reason]) for each in found.ignored}
            if context.verbose
            else _counted(found)
        ),
    }


def _counted(report: Report) -> Iterator[tuple[str, str]]:
    for reason, count in Counter(each.reason for each in set(report.ignored)).items():
        yield str(count), IGNORED[reason]


def _told(report: Report, context: ReportContext) -> Iterator[_Told]:
    found = by_severity(shown(report.findings, context.least))
    allowed = allowed_by_place(report.allowed)
    prints = iter(identities((*found, *(each.finding for each in allowed))))
    for finding in found:
        yield _Told(finding, next(prints))
    for each in allowed:
        yield _Told(each.finding, next(prints), each)


def _findings(told: Iterable[_Told], context: ReportContext) -> Table:
    columns = (
        Column("severity", "Severity", "severity", facet=True),
        Column("finding", "Finding", opens=True),
        Column("rule", "Rule", "link", facet=True),
        Column("place", "Place", "code"),
        Column("origin", "File or image", facet=True, hidden=True),
        Column("confidence", "Confidence", facet=True, hidden=True),
        Column("fix", "Fix", facet=True, hidden=True),
        Column("state", "State", facet=True, hidden=True, chosen=(_COUNTS,)),
    )
    rows = tuple(_row(each, context) for each in told)
    return Table("findings", "Findings", columns, rows, _WORST_FIRST)


def _row(told: _Told, context: ReportContext) -> Row:
    finding, allowed = told.finding, told.allowed
    fix = "none" if finding.fix is None else "safe" if finding.fix.safe else "unsafe"
    cells: tuple[Json, ...] = (
        str(finding.severity),
        visible(finding.message),
        _link(finding.rule, context),
        place(finding.location),
        visible(finding.location.origin),
        finding.confidence.value,
        fix,
        f"allowed ({allowed.kind.value})" if allowed else _COUNTS,
    )
    why = _allowance(allowed) if allowed else ()
    return Row(told.fingerprint, cells, (*why, *details(finding)))


def _allowance(allowed: Allowed) -> Iterator[Json]:
    yield from facts(
        ("Allowed by", allowed.kind.value),
        ("Reason", visible(allowed.reason)),
        ("Until", visible(allowed.until)),
    )


def _link(rule: str, context: ReportContext) -> Json:
    text = context.describe(rule)
    return [visible(rule), text.url if text else ""]


def _rules(told: Iterable[_Told], context: ReportContext) -> Table:
    found: dict[str, list[Finding]] = {}
    for each in told:
        if each.allowed is None:
            found.setdefault(each.finding.rule, []).append(each.finding)
    columns = (
        Column("severity", "Worst", "severity", facet=True),
        Column("rule", "Rule", opens=True),
        Column("summary", "What it says"),
        Column("count", "Findings", "number"),
    )
    rows = []
    for rule, findings in sorted(found.items()):
        text = context.describe(rule)
        worst = str(max(finding.severity for finding in findings))
        summary = text.summary if text else ""
        cells: tuple[Json, ...] = (worst, visible(rule), summary, len(findings))
        rows.append(Row(rule, cells, opens=f"#findings?{_chosen('rule', rule)}"))
    return Table("rules", "By rule", columns, rows, ((3, "desc"),))


def _origins(report: Report, told: Iterable[_Told]) -> Table:
    found: dict[str, list[Finding]] = {}
    for each in told:
        if each.allowed is None:
            found.setdefault(each.finding.location.origin, []).append(each.finding)
    columns = (
        Column("severity", "Worst", "severity", facet=True),
        Column("origin", "File or image", "code", opens=True),
        Column("kind", "Kind", facet=True),
        Column("digest", "Digest", "code", hidden=True),
        Column("count", "Findings", "number"),
    )
    rows = []
    for number, examined in enumerate(examined_by_name(report.examined)):
        findings = found.get(examined.origin, [])
        worst = str(max(finding.severity for finding in findings)) if findings else ""
        cells: tuple[Json, ...] = (
            worst,
            visible(examined.origin),
            visible(examined.kind),
            visible(examined.digest),
            len(findings),
        )
        leads = f"#findings?{_chosen('origin', examined.origin)}" if findings else ""
        rows.append(Row(str(number), cells, opens=leads))
    return Table("origins", "By file and image", columns, rows, ((4, "desc"),))


def _chosen(name: str, value: str) -> str:
    """A choice as addresses of the page hold it: a list of values, each quoted within it."""
    from urllib.parse import quote

    def quoted(text: str) -> str:
        return quote(text, safe="")

    return f"{name}={quoted(quoted(visible(value)))}&state={_COUNTS}"


def _rule_texts(told: Iterable[_Told], context: ReportContext) -> dict[str, Json]:
    texts = {name: context.describe(name) for name in {each.finding.rule for each in told}}
    return {
        name: {"why": text.why, "url": text.url, "references": text.references}
        for name, text in texts.items()
        if text is not None
    }
