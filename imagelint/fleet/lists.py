"""Whole lists out of a run: what a page shows as tables, for terminals and programs."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from imagelint.fleet.changes import changes_since
from imagelint.fleet.images import image_table
from imagelint.fleet.kept import bytes_table, run_table, tag_table
from imagelint.fleet.tables import change_table, drift_table, problem_table, tables
from imagelint.fleet.verdicts import together
from imagelint.reporters.csv import line
from imagelint.reporters.stream import dump
from imagelint.store.reading import Reader
from imagelint.store.rollups import RollUps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.fleet.formats import Telling
    from imagelint.reporters.html.tables import Table
    from imagelint.reporters.stream import Json
    from imagelint.store import views

OF_GROUPS = (
    *("bases", "vulnerabilities", "rules", "packages", "layers", "owners", "repositories"),
    *("stale", "waivers"),
)
"""What is counted, or is small: a page has all of it at once."""
LISTS = ("images", "drift", "changes", "problems", *OF_GROUPS, "tags", "bytes", "runs")
"""What can be listed; the addresses within a page are called the same."""
_OF_STORE = {"tags": tag_table, "bytes": bytes_table, "runs": run_table}
_PAGE = 500


def chunks(name: str, form: str, telling: Telling) -> Iterator[str]:
    """A list in a form (`text`, `csv`, `jsonl`), in chunks of text.

    Raises:
        KeyError: there is no such list, or no such form.
    """
    table, write = _table(name, telling), _FORMS[form]
    names = tuple(column.name for column in table.columns)
    # The titles with some rows below them, so that they are as wide.
    titles = () if form == "jsonl" else (names,)
    rows = chain(titles, (row.cells for row in table.rows))
    while part := list(islice(rows, _PAGE)):
        yield "".join(write(names, part))


def _table(name: str, telling: Telling) -> Table:
    fleet = telling.fleet
    if name == "images":
        results = Reader(telling.store).results(fleet.run.id, telling.wanted)
        return image_table(telling.store, fleet, results)
    if name == "drift":
        return drift_table(_changes(telling))
    if name == "changes":
        fleet = telling.fleet
        pages = changes_since(telling.store, fleet.earlier, fleet.run, fleet.wanted)
        return change_table(chain.from_iterable(pages))
    if name in _OF_STORE:
        return _OF_STORE[name](telling.store, fleet)
    if name == "problems":
        return problem_table(_problems(telling))
    return next(table for table in tables(fleet) if table.id == name)


def _changes(telling: Telling) -> Iterator[views.Drift]:
    """What changed since the run before."""
    run, before = telling.fleet.run, telling.fleet.before
    if before is not None:
        yield from RollUps(telling.store).drift(before.id, run.id, telling.wanted)


def _problems(telling: Telling) -> Iterator[views.ProblemView]:
    """What could not be told, of sources first."""
    reader, run = Reader(telling.store), telling.fleet.run
    yield from reader.problems_of_sources(run.id)
    for part in together(reader.results(run.id, telling.wanted)):
        found = reader.problems_of(run.id, [one.reference for one in part])
        for said in found.values():
            yield from said


def _text(_names: Sequence[str], rows: Sequence[Sequence[Json]]) -> Iterator[str]:
    """Rows with their columns below one another."""
    cells = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(map(str.ljust, row, widths)).rstrip() + "\n"


def _shown(cell: Json) -> str:
    return "-" if cell is None or cell == "" else str(cell)


def _csv(_names: Sequence[str], rows: Sequence[Sequence[Json]]) -> Iterator[str]:
    for row in rows:
        yield line("" if cell is None else cell for cell in row)


def _jsonl(names: Sequence[str], rows: Sequence[Sequence[Json]]) -> Iterator[str]:
    for row in rows:
        yield f"{dump(dict(zip(names, row, strict=True)))}\n"


_FORMS = {"text": _text, "csv": _csv, "jsonl": _jsonl}
FORMS = tuple(_FORMS)
"""How a list can be written."""
