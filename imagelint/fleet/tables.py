"""What the findings of a run have in common, and what changed, as tables of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.fleet.images import MOST_NAMES
from imagelint.reporters.html.tables import Column, Row, Table
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.fleet.gather import Fleet
    from imagelint.reporters.stream import Json
    from imagelint.store import views

_DIGITS = len("sha256:") + 12


def tables(fleet: Fleet) -> Iterator[Table]:
    """All of them, in the order of a page; some may be empty."""
    yield _bases(fleet)
    yield _vulnerabilities(fleet)
    yield _rolled("rules", "By rule", "Rule", fleet, "rule")
    yield _rolled("packages", "By package", "Package", fleet, "package")
    yield _layers(fleet)
    yield _owners(fleet)
    yield _rolled("repositories", "By repository", "Repository", fleet, "repository")
    several = (
        change_table(fleet.changes.kept),
        drift_table(fleet.drift),
        problem_table(fleet.problems),
    )
    for listed in several:
        yield listed._replace(rows=tuple(listed.rows))
    yield _stale(fleet)
    yield _waivers(fleet)


def _bases(fleet: Fleet) -> Table:
    columns = (
        Column("severity", "Worst", "severity", facet=True),
        Column("base", "Base", "code", opens=True),
        Column("shared", "A new build takes away", "number"),
        Column("count", "Findings upon it", "number"),
        Column("images", "Images", "number"),
    )
    rows = tuple(
        Row(
            str(at),
            (str(Severity(one.severity)), visible(one.name), one.shared, one.findings, one.images),
            opens=_images("base", one.name),
        )
        for at, one in enumerate(fleet.groups["base"])
    )
    return Table("bases", "By base image", columns, rows, ((2, "desc"),))


def _vulnerabilities(fleet: Fleet) -> Table:
    columns = (
        Column("priority", "Priority", "number"),
        Column("severity", "Severity", "severity", facet=True),
        Column("id", "Vulnerability", "code", opens=True),
        Column("exploited", "Exploited since"),
        Column("epss", "EPSS"),
        Column("fixed", "Fixed", facet=True),
        Column("images", "Images", "number"),
        Column("exposed", "Reached from outside", "number"),
        Column("published", "Published"),
        Column("title", "What it is"),
    )
    rows = []
    for at, one in enumerate(fleet.vulnerabilities, 1):
        epss = "" if one.epss is None else f"{one.epss:.3f}"
        fixed = "yes" if one.fixed else "no"
        cells: tuple[Json, ...] = (
            *(at, str(Severity(one.severity)), visible(one.id), one.exploited, epss, fixed),
            *(one.images, one.exposed, one.published, visible(one.title)),
        )
        leads = _images("vulnerability", one.id) if at <= MOST_NAMES else ""
        rows.append(Row(one.id, cells, opens=leads))
    return Table("vulnerabilities", "By vulnerability", columns, tuple(rows), ((0, "asc"),))


def _rolled(name: str, title: str, what: str, fleet: Fleet, group: str) -> Table:
    columns = (
        Column("severity", "Worst", "severity", facet=True),
        Column("name", what, "code" if group in ("layer", "repository") else "text", opens=True),
        Column("count", "Findings", "number"),
        Column("images", "Images", "number"),
    )
    rows = tuple(
        Row(
            str(at),
            (str(Severity(one.severity)), visible(one.name) or "nobody", one.findings, one.images),
            opens=_images(group, one.name) if group == "owner" else "",
        )
        for at, one in enumerate(fleet.groups[group])
    )
    return Table(name, title, columns, rows, ((2, "desc"),))


def _layers(fleet: Fleet) -> Table:
    """By layer, with what made each: by its digest nobody knows it."""
    table = _rolled("layers", "By layer", "Layer", fleet, "layer")
    made = [visible(fleet.made.get(one.name, "")) for one in fleet.groups["layer"]]
    rows = tuple(
        row._replace(cells=(*row.cells, command))
        for row, command in zip(table.rows, made, strict=True)
    )
    return table._replace(columns=(*table.columns, Column("made", "Made by", "code")), rows=rows)


def _owners(fleet: Fleet) -> Table:
    table = _rolled("owners", "By team", "Team", fleet, "owner")
    contacts = [fleet.run.contacts.get(one.name, "") for one in fleet.groups["owner"]]
    if not any(contacts):
        return table
    rows = tuple(
        row._replace(cells=(*row.cells, visible(contact)))
        for row, contact in zip(table.rows, contacts, strict=True)
    )
    return table._replace(columns=(*table.columns, Column("contact", "Contact")), rows=rows)


def _images(column: str, value: str) -> str:
    """The address of the images with a value; empty where there is none, which means any."""
    from urllib.parse import quote

    # Once for the list of values, once for the address.
    chosen = quote(quote(visible(value), safe=""), safe="")
    return f"#images?{column}={chosen}" if value else ""


def change_table(changes: Iterable[views.FindingChange]) -> Table:
    """Findings that are new or fixed; its rows are made as they are asked for."""
    columns = (
        Column("change", "Change", facet=True),
        Column("severity", "Severity", "severity", facet=True),
        Column("rule", "Rule", "code", facet=True),
        Column("reference", "Image", "code"),
        Column("owner", "Team", facet=True),
        Column("finding", "Finding"),
        Column("vulnerability", "Vulnerability", "code"),
        Column("package", "Package", "code"),
    )
    rows = (
        Row(
            str(at),
            (
                *(one.kind, str(Severity(one.finding.severity)), one.finding.rule),
                *map(visible, (one.reference, one.owner, one.finding.message)),
                *map(visible, (one.finding.vulnerability, one.finding.package)),
            ),
        )
        for at, one in enumerate(changes)
    )
    return Table("changes", "Findings new and fixed", columns, rows, ())


def drift_table(changes: Iterable[views.Drift]) -> Table:
    """What changed; its rows are made as they are asked for."""
    columns = (
        Column("kind", "Change", facet=True),
        Column("reference", "Image", "code"),
        Column("owner", "Team", facet=True),
        Column("before", "Before", "code"),
        Column("after", "After", "code"),
    )
    rows = (
        Row(str(at), (one.kind, *map(visible, (one.reference, one.owner)), *_ends(one)))
        for at, one in enumerate(changes)
    )
    return Table("drift", "What changed", columns, rows, ())


def _ends(one: views.Drift) -> tuple[str, str]:
    return one.before[:_DIGITS], one.after[:_DIGITS]


def problem_table(problems: Iterable[views.ProblemView]) -> Table:
    """What could not be told; its rows are made as they are asked for."""
    columns = (
        Column("category", "Category", facet=True),
        Column("reference", "What", "code"),
        Column("detail", "Why"),
        Column("help", "What helps"),
    )
    rows = (
        Row(str(at), (one.category, visible(one.reference), visible(one.detail), visible(one.help)))
        for at, one in enumerate(problems)
    )
    return Table("problems", "Could not be audited", columns, rows, ())


def _stale(fleet: Fleet) -> Table:
    columns = (Column("reference", "Image", "code"), Column("last", "Last audited"))
    rows = tuple(
        Row(str(at), (visible(reference), last or "never"))
        for at, (reference, last) in enumerate(fleet.stale)
    )
    return Table("stale", f"Not audited since {fleet.stale_day}", columns, rows, ())


def _waivers(fleet: Fleet) -> Table:
    columns = (
        *(Column("rule", "Rule"), Column("where", "Where", "code"), Column("subject", "About")),
        *(
            Column("until", "Until"),
            Column("used", "Findings", "number"),
            Column("reason", "Reason"),
        ),
        *(
            Column("owner", "Owner", facet=True),
            Column("ticket", "Ticket"),
            Column("by", "Approver"),
        ),
    )
    rows = tuple(
        Row(
            str(at),
            (
                *(one.rule, visible(one.where), visible(one.subject), one.until, one.used),
                *(visible(said) for said in (one.reason, one.owner, one.ticket, one.approver)),
            ),
        )
        for at, one in enumerate(fleet.waivers)
    )
    return Table("waivers", "Waivers", columns, rows, ((3, "asc"),))
