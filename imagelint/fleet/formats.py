"""A run in each format: the same reporters as for one image, fed out of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.fleet.parted import (
    defectdojo_report,
    gitlab_report,
    json_report,
    junit_report,
    markdown_report,
    told_whose,
)
from imagelint.fleet.verdicts import Verdicts
from imagelint.reporters import sarif
from imagelint.reporters.csv import COLUMNS, line, rows
from imagelint.reporters.jsonl import head, members
from imagelint.store.views import Whose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.fleet.gather import Fleet
    from imagelint.reporters.context import ReportContext
    from imagelint.store.database import Store
    from imagelint.store.filters import ResultFilter

FORMATS = (
    *("text", "html", "json", "jsonl", "csv", "sarif", "junit", "markdown", "gitlab"),
    *("defectdojo", "openmetrics"),
)
"""What `imagelint report` can write; `sarif` takes a folder and writes a file per repository."""
OVERVIEWS = frozenset(("text", "html", "openmetrics"))
"""Formats that tell what findings have in common, and not only the findings."""
_LONGEST_NAME = 200
"""Of a file, with room for its ending: most file systems take 255 bytes."""
_NOBODY = Whose("", "")
_UNFIT = pattern(r"[^A-Za-z0-9._-]+")


class Telling(NamedTuple):
    """What is told: of which run, and what reporters may know; of a `table`, only that list."""

    store: Store
    fleet: Fleet
    context: ReportContext
    table: str = ""

    @property
    def wanted(self) -> ResultFilter:
        """About which images and findings."""
        return self.fleet.wanted

    @property
    def verdicts(self) -> Verdicts:
        """What was found in the images, as verdicts."""
        return Verdicts(self.store, self.fleet.run)


def chunks(name: str, telling: Telling) -> Iterator[str]:
    """The report in that format, in chunks of text.

    Raises:
        KeyError: there is no such format.
    """
    if telling.table:
        from imagelint.fleet import lists

        return lists.chunks(telling.table, name, telling)
    return _WRITERS[name](telling)


def sarif_files(telling: Telling) -> Iterator[tuple[str, Iterator[str]]]:
    """The name and the text of a file of SARIF for each repository."""
    taken: set[str] = set()
    verdicts = telling.verdicts.by_repository(telling.wanted, sarif.MOST_RESULTS)
    for repository, (verdict, left_out) in verdicts:
        name = _UNFIT.sub("_", repository).strip("._")[:_LONGEST_NAME] or "repository"
        while name in taken:
            name += "_"
        taken.add(name)
        context = telling.context._replace(category=repository)
        yield f"{name}.sarif", sarif.report(verdict, context, left_out)


def _overview(telling: Telling) -> Iterator[str]:
    from imagelint.fleet.answer import answer
    from imagelint.fleet.overview import overview

    yield from overview(telling.fleet)
    if telling.wanted.of_findings:
        yield from answer(telling.store, telling.fleet)


def _page(telling: Telling) -> Iterator[str]:
    from imagelint.fleet.page import page

    return page(telling)


def _metrics(telling: Telling) -> Iterator[str]:
    from imagelint.fleet.metrics import metrics

    return metrics(telling.fleet)


def _csv(telling: Telling) -> Iterator[str]:
    yield line((*COLUMNS, *Whose._fields))
    for part in telling.verdicts.parts(telling.wanted):
        yield from rows(part, _cells(telling.verdicts.whose(part)))


def _cells(whose: Mapping[str, Whose]) -> Callable[[str], Whose]:
    return lambda origin: whose.get(origin, _NOBODY)


def _jsonl(telling: Telling) -> Iterator[str]:
    yield head(telling.verdicts.empty(), telling.context)
    for part in telling.verdicts.parts(telling.wanted):
        yield from members(part, told_whose(telling.verdicts.whose(part)))


_WRITERS: dict[str, Callable[[Telling], Iterator[str]]] = {
    "text": _overview,
    "html": _page,
    "openmetrics": _metrics,
    "csv": _csv,
    "jsonl": _jsonl,
    "json": json_report,
    "junit": junit_report,
    "gitlab": gitlab_report,
    "defectdojo": defectdojo_report,
    "markdown": markdown_report,
}
