"""Images as rows of a table, each with a page of its own: evidence, layers, findings, history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.fleet.days import age_in_days
from imagelint.fleet.sizes import in_bytes
from imagelint.fleet.verdicts import together
from imagelint.reporters.html.tables import Column, Row, Table, facts
from imagelint.reporters.visible import visible
from imagelint.store.bases import BaseNames
from imagelint.store.questions import holes
from imagelint.store.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from imagelint.fleet.gather import Fleet
    from imagelint.reporters.stream import Json
    from imagelint.store import views
    from imagelint.store.database import Store

MOST_ROWS = 5_000
MOST_PAGES = 1_000
MOST_NAMES = 200
"""Vulnerabilities by which images can be chosen, those to look at first: five thousand images may
have each of them."""
_PAGE = 500
_PAGES_BYTES = 10_000_000
_MOST_NAMES = 20
_MOST_HISTORY = 100
_LEVELS = ("critical", "high", "medium", "low", "info")
_LAYERS: Json = (
    {"title": "Layer", "kind": "code"},
    {"title": "Size", "kind": "bytes"},
    {"title": "Made by", "kind": "code"},
)
_HISTORY: Json = (
    {"title": "Digest", "kind": "code"},
    {"title": "From", "kind": "text"},
    {"title": "To", "kind": "text"},
)
_FINDINGS: Json = (
    {"title": "Severity", "kind": "severity"},
    {"title": "Rule", "kind": "link"},
    {"title": "Finding", "kind": "text"},
    {"title": "Place", "kind": "code"},
    {"title": "What helps", "kind": "text"},
    {"title": "Counts", "kind": "text"},
)


class Images(NamedTuple):
    """The table, the pages of the worst images by reference, and the findings that they name.

    `names` are the vulnerabilities by which the table can be filtered.
    """

    table: Table
    pages: dict[str, Json]
    findings: tuple[tuple[str, str, str, str, str], ...]
    names: tuple[str, ...] = ()


def images(store: Store, fleet: Fleet) -> Images:
    """The worst images of a run."""
    results = Reader(store).worst(fleet.run.id, MOST_ROWS, fleet.wanted)
    chains = {result.base for result in results if result.base}
    named = fleet.names or BaseNames(store)
    bases = {chain: visible(name) for chain, name in named.of(chains).items()}
    pages = _Pages(store, fleet, bases)
    for part in together(results[:MOST_PAGES]):
        pages.add(part)
    names = tuple(one.id for one in fleet.vulnerabilities[:MOST_NAMES])
    numbers = _numbers(store, results, names)
    rows = tuple(
        row._replace(cells=(*row.cells, numbers.get(result.judgement, ())))
        for result in results
        for row in (_row(result, bases, fleet.run.started, pages.made),)
    )
    table = Table("images", "Images", _COLUMNS, rows, ((3, "desc"), (4, "desc"), (5, "desc")))
    return Images(table, pages.made, tuple(pages.findings), tuple(map(visible, names)))


def image_table(store: Store, fleet: Fleet, results: Iterable[views.ResultView]) -> Table:
    """Images in the order in which they come; its rows are made as they are asked for."""
    named = fleet.names or BaseNames(store)

    def rows() -> Iterator[Row]:
        for part in together(results):
            bases = named.of({result.base for result in part if result.base})
            shown = {chain: visible(name) for chain, name in bases.items()}
            for result in part:
                yield _row(result, shown, fleet.run.started, {})

    return Table("images", "Images", _COLUMNS[:-1], rows(), ())


def _numbers(
    store: Store, results: Sequence[views.ResultView], names: Sequence[str]
) -> dict[str, tuple[int, ...]]:
    """Which of the vulnerabilities images have, by number; by judgement."""
    of = {name: number for number, name in enumerate(names)}
    judgements = sorted({result.judgement for result in results if result.judgement})
    found: dict[str, tuple[int, ...]] = {}
    with store.reading() as connection:
        for at in range(0, len(judgements) if of else 0, _PAGE):
            part = holes(connection, judgements[at : at + _PAGE], names)
            found |= {one: tuple(sorted(of[each] for each in said)) for one, said in part.items()}
    return found


_COLUMNS = (
    Column("severity", "Worst", "severity", facet=True),
    Column("image", "Image", "code", opens=True),
    Column("owner", "Team", facet=True),
    Column("critical", "Critical", "number"),
    Column("high", "High", "number"),
    Column("medium", "Medium", "number"),
    Column("size", "Size", "bytes"),
    Column("age", "Age in days", "number"),
    Column("base", "Base", "code", facet=True),
    Column("outcome", "Outcome", facet=True),
    Column("exposed", "Reached from outside by", "code", hidden=True),
    Column("signed", "Signed", facet=True, hidden=True),
    Column("category", "Audited", facet=True, hidden=True),
    Column("digest", "Digest", "code", hidden=True),
    Column("at", "Looked at", hidden=True),
    Column("vulnerability", "Vulnerability", "names", facet=True, hidden=True),
)


def _row(result: views.ResultView, bases: dict[str, str], now: str, pages: dict[str, Json]) -> Row:
    from urllib.parse import quote

    told = bool(result.judgement)
    counts = result.findings
    worst = next((level for level in _LEVELS if getattr(counts, level)), "")
    cells: tuple[Json, ...] = (
        worst,
        visible(result.reference),
        visible(result.owner),
        *((counts.critical, counts.high, counts.medium) if told else (None, None, None)),
        result.size or None,
        age_in_days(result.created, now),
        bases.get(result.base, ""),
        result.outcome,
        visible(result.exposed),
        result.signed,
        result.category,
        result.digest,
        result.at,
    )
    leads = f"#page/{quote(result.reference, safe='')}" if result.reference in pages else ""
    return Row(result.reference, cells, opens=leads)


class _Known(NamedTuple):
    """What the store knows of some images: by digest, judgement, tag and reference."""

    images: Mapping[str, views.ImageView]
    findings: Mapping[str, Sequence[views.FindingView]]
    histories: Mapping[tuple[str, str], Sequence[views.TagView]]
    problems: Mapping[str, Sequence[views.ProblemView]]


class _Pages:
    """Makes pages until they are too many for a file that a browser opens at once."""

    def __init__(self, store: Store, fleet: Fleet, bases: dict[str, str]) -> None:
        self.made: dict[str, Json] = {}
        self.findings: list[tuple[str, str, str, str, str]] = []
        self._reader = Reader(store)
        self._bases = bases
        self._numbers: dict[tuple[str, str, str, str, str], int] = {}
        self._left = _PAGES_BYTES
        self._run = fleet.run.id

    def add(self, results: Sequence[views.ResultView]) -> None:
        """Make the pages of images, as far as there is room; the store is asked once for all."""
        if self._left <= 0:
            return
        reader = self._reader
        known = _Known(
            reader.images({one.digest for one in results if one.digest}),
            reader.findings_of({one.judgement for one in results if one.judgement}),
            reader.tag_histories({(one.repository, one.tag) for one in results if one.tag}),
            reader.problems_of(self._run, {one.reference for one in results}),
        )
        for result in results:
            if self._left <= 0:
                return
            blocks = tuple(self._blocks(result, known))
            self._left -= len(repr(blocks))
            self.made[result.reference] = {"title": visible(result.reference), "blocks": blocks}

    def _blocks(self, result: views.ResultView, known: _Known) -> Iterator[Json]:
        image = known.images.get(result.digest)
        yield from self._evidence(result, image)
        for problem in known.problems.get(result.reference, ()):
            said = visible("; ".join(filter(None, (problem.detail, problem.help))))
            yield {"is": "text", "label": "Could not be told", "text": said}
        yield from self._found(known.findings.get(result.judgement, ()))
        if image is not None and image.layers:
            yield {"is": "table", "label": "Layers", "columns": _LAYERS, "rows": _layers(image)}
        if image is not None and image.members:
            members = [f"{platform}: {digest}" for digest, platform in image.members]
            yield {"is": "list", "label": "Images for platforms", "items": members}
        history = known.histories.get((result.repository, result.tag), ())
        if history:
            label = f"What the tag {visible(result.tag)} led to"
            rows = list(history[:_MOST_HISTORY])
            yield {"is": "table", "label": label, "columns": _HISTORY, "rows": rows}

    def _evidence(self, result: views.ResultView, image: views.ImageView | None) -> Iterator[Json]:
        others = [tag for tag in image.tags if tag != result.reference] if image else []
        told = (
            ("Outcome", result.outcome or result.category),
            ("Why", visible(result.detail)),
            ("Digest", result.digest),
            ("Team", visible(result.owner)),
            ("Signed", result.signed),
            ("Reached from outside by", visible(result.exposed)),
            ("Platform", result.platform),
            ("Built", visible(result.created)),
            ("Size", in_bytes(result.size) if result.size else ""),
            ("Base", self._bases.get(result.base, "")),
            ("Base, as it says itself", visible(image.base_name) if image else ""),
            ("Also known as", visible(_some(others))),
            ("First seen", image.first_seen if image else ""),
            ("Judged", result.at),
        )
        yield from facts(*told)

    def _found(self, findings: Iterable[views.FindingView]) -> Iterator[Json]:
        found = sorted(findings, key=lambda one: -one.severity)
        said = [(self._number(one), _state(one)) for one in found]
        if said:
            yield {"is": "findings", "label": "Findings", "columns": _FINDINGS, "of": said}

    def _number(self, one: views.FindingView) -> int:
        severity = str(Severity(one.severity))
        place = visible(one.place or one.package)
        told = severity, one.rule, visible(one.message), visible(one.help), place
        if told not in self._numbers:
            self._left -= len(repr(told))
            self._numbers[told] = len(self.findings)
            self.findings.append(told)
        return self._numbers[told]


def _some(names: Sequence[str]) -> str:
    """The first of names, and how many more there are."""
    rest = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {rest:,} more" if rest > 0 else "")


def _layers(image: views.ImageView) -> list[Json]:
    return [(one.digest[:19], one.size, visible(one.command)) for one in image.layers]


def _state(one: views.FindingView) -> str:
    if not one.allowed:
        return "yes"
    until = f" until {one.until}" if one.until else ""
    return visible(f"no, {one.allowed}{until}: {one.reason}")
