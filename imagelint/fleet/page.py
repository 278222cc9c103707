"""The page of a run: overview, plots, tables, and a page for each of the worst images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.fleet.images import MOST_ROWS, Images, images
from imagelint.fleet.plots import plots
from imagelint.fleet.sizes import counted, in_bytes
from imagelint.fleet.tables import tables
from imagelint.reporters.html.page import CHARTS, COLOR, DATATABLES, Page, render
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.fleet.formats import Telling
    from imagelint.fleet.gather import Fleet
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.html.tables import Table
    from imagelint.reporters.stream import Json
    from imagelint.store import views

_LEVELS = ("critical", "high", "medium", "low", "info")
_MOST_HEADLINES = 3


def page(telling: Telling) -> Iterator[str]:
    """The page, in chunks."""
    fleet, context = telling.fleet, telling.context
    shown = images(telling.store, fleet)
    drawn = plots(telling.store, fleet)
    shown_tables = [table for table in (shown.table, *tables(fleet)) if table.rows]
    words = {
        **_words(fleet, context),
        "plots": [plot.words() for plot in drawn],
        "sections": [(table.id, table.title, _remark(table, fleet)) for table in shown_tables],
    }
    yield from render(
        Page(
            "audit.html",
            words,
            shown_tables,
            _rules(fleet, shown, context),
            shown.pages,
            findings=shown.findings,
            names=shown.names,
            plots=[plot.written() for plot in drawn],
            libraries=(DATATABLES, CHARTS, COLOR),
            scripts=("report.js", "plots.js"),
        )
    )


def _words(fleet: Fleet, context: ReportContext) -> dict[str, object]:
    run, found, untold = fleet.run, fleet.overview, sum(fleet.untold.values())
    sources = visible(", ".join(run.sources))
    return {
        "title": f"imagelint audit: {sources}",
        "version": context.version,
        "outcome": run.outcome or "incomplete",
        "headlines": list(_headlines(fleet)),
        "counts": [(level, getattr(found.findings, level)) for level in _LEVELS],
        "allowed": found.findings.allowed,
        "totals": [
            ("references", f"{found.references:,}", "#images"),
            ("images", f"{found.images:,}", ""),
            ("not audited", f"{untold:,}", "#problems" if fleet.problems else ""),
            ("of layers", in_bytes(found.size), ""),
        ],
        "evidence": [
            ("Run", f"{run.id}, begun {run.started}, through {run.finished or 'not yet'}"),
            ("Sources", sources),
            ("Depth", run.depth),
            ("Policy", visible(f"{run.policy} {run.policy_digest}".strip())),
            ("Fails on", run.fail_on),
            ("imagelint", run.version),
        ],
    }


def _headlines(fleet: Fleet) -> Iterator[str]:
    """What a reader should know first."""
    yield from _only(fleet)
    total = fleet.overview.findings.total
    for base in fleet.bases[:_MOST_HEADLINES]:
        who = f"One base makes {base.shared:,} of {total:,} findings"
        yield f"{who}, in {counted(base.images, 'image')}: {visible(base.name)}"
    exploited = [one.id for one in fleet.vulnerabilities if one.exploited]
    if exploited:
        yield f"Known to be exploited: {visible(', '.join(exploited[:10]))}"
    lost = fleet.drift_counts.get("signature-lost", 0)
    if lost:
        yield f"{counted(lost, 'image')} lost the signature since the run before"
    if not fleet.run.finished:
        yield "The run is not through: what it has not reached is not told"
    if fleet.of_sources:
        many = counted(fleet.of_sources, "problem")
        yield f"{many} with sources: nobody knows what else is in there"
    if fleet.untold:
        many = counted(sum(fleet.untold.values()), "reference")
        yield f"{many} could not be audited: nobody knows what is in there"


def _only(fleet: Fleet) -> Iterator[str]:
    """What the page is about where that is not all of a run."""
    if fleet.wanted.words:
        said = ", ".join(f"{name} {value}" for name, value in fleet.wanted.words)
        yield f"Only: {visible(said)}"
    if fleet.unknown:
        yield f"Nobody knows: {visible(fleet.unknown)}"


def _remark(table: Table, fleet: Fleet) -> str:
    total = fleet.overview.references
    if table.id == "images" and total > MOST_ROWS:
        return f"The worst {MOST_ROWS:,} of {total:,}; --format csv has all."
    untold = sum(fleet.problem_counts.values())
    if table.id == "problems" and untold > len(fleet.problems):
        return f"The first {len(fleet.problems):,} of {untold:,}; --format csv has all."
    if table.id == "drift" and fleet.before is not None:
        other = fleet.before.policy_digest != fleet.run.policy_digest
        by = ", by another policy" if other else ""
        return f"Since run {fleet.before.id} of {fleet.before.started}{by}."
    if table.id == "changes" and fleet.earlier is not None:
        return _of_changes(fleet, fleet.earlier)
    if table.id == "bases":
        return "Layers that images of several repositories have in common from below."
    return ""


def _of_changes(fleet: Fleet, earlier: views.RunView) -> str:
    counts = ", ".join(f"{count:,} {kind}" for kind, count in fleet.changes.counts.items())
    said = f"Since run {earlier.id} of {earlier.started}: {counts}." if counts else ""
    if fleet.changes.are_cut:
        return f"{said} Of the first images only; --table changes has all."
    cut = sum(fleet.changes.counts.values()) > len(fleet.changes.kept)
    return (
        f"{said} The first {len(fleet.changes.kept):,}; --table changes has all." if cut else said
    )


def _rules(fleet: Fleet, shown: Images, context: ReportContext) -> dict[str, Json]:
    names = {group.name for group in fleet.groups["rule"]} | {each[1] for each in shown.findings}
    texts = {name: context.describe(name) for name in names}
    return {
        name: {"why": text.why, "url": text.url, "references": text.references}
        for name, text in texts.items()
        if text is not None
    }
