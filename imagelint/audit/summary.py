"""What an audit came to, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.store.reading import Reader
from imagelint.store.records import Category
from imagelint.store.rollups import RollUps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.audit.audit import Audited
    from imagelint.store.database import Store
    from imagelint.store.views import Overview

_MOST_RULES = 5
_MOST_PROBLEMS = 10


def summary(store: Store, done: Audited) -> Iterator[str]:
    """What was audited, what could not be, what was found, where most of it comes from."""
    run = done.run.id
    overview = Reader(store).overview(run)
    told = {category.value for category in Category if category.is_told}
    untold = {name: n for name, n in overview.categories.items() if name not in told}
    audited = overview.categories.get(Category.AUDITED.value, 0)
    yield f"{_count(overview.references, 'reference')}, {_count(overview.images, 'image')}"
    others = overview.categories.get(Category.NOT_AN_IMAGE.value, 0)
    beside = f", {others:,} no image" if others else ""
    yield f"  audited          {audited:,}{beside}"
    if untold:
        parts = ", ".join(f"{number:,} {name}" for name, number in sorted(untold.items()))
        yield f"  could not be     {sum(untold.values()):,}: {parts}"
    yield f"  findings         {_findings(overview)}"
    tally = RollUps(store).tally(run)
    for row in tally.by("rule", _MOST_RULES):
        yield f"    {row.findings:>8,}  {row.name} ({_count(row.images, 'image')})"
    bases = [row for row in tally.by("base", 1) if row.shared and row.images > 1]
    for row in bases:
        total = overview.findings.total
        yield f"  one base         {row.name}: {row.shared:,} of {total:,} findings"
    unlisted = Reader(store).problems_of_sources(run)
    for problem in unlisted[:_MOST_PROBLEMS]:
        yield f"  not listed       {problem.reference}: {problem.detail}"
    if more := len(unlisted[_MOST_PROBLEMS:]):
        yield f"                   and {more:,} more: `imagelint report` tells them"
    if not overview.references:
        yield "  nothing          no image was listed, and so none was audited"
    rest = "" if done.whole else ", other shards are still at work"
    yield f"{done.outcome}: run {run}{rest}"


def _findings(overview: Overview) -> str:
    counts = overview.findings
    names = counts._fields[:5]
    parts = [f"{number:,} {name}" for name, number in zip(names, counts, strict=False) if number]
    allowed = [f"{counts.allowed:,} allowed"] if counts.allowed else []
    return ", ".join((*parts, *allowed)) or "none"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
