"""The plots of an overview: their numbers, and what a reader without eyes or scripts reads."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.fleet.days import age_in_days
from imagelint.fleet.sizes import in_bytes
from imagelint.reporters.visible import visible
from imagelint.store.contents.reclaim import reclaimable
from imagelint.store.filters import EVERYTHING
from imagelint.store.questions import base_images, has_too_many_layers, team_images

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from imagelint.fleet.gather import Fleet
    from imagelint.reporters.stream import Json
    from imagelint.store.database import Store

_MOST_BARS = 12
_MOST_RUNS = 60
_LEVELS = ("critical", "high", "medium", "low", "info")
_AGES = ((30, "below 30 days"), (90, "to 90 days"), (180, "to 180 days"), (365, "to a year"))
_OLDER, _UNKNOWN = "older", "not known"
_OUTCOMES = (("pass", "pass"), ("fail", "fail"), ("incomplete", "incomplete"))


class Series(NamedTuple):
    """Numbers of one colour, named as the style calls it."""

    name: str
    colour: str
    values: tuple[int, ...]


class Plot(NamedTuple):
    """Stacked bars, one for each label. `unit` is `bytes`, or empty for numbers."""

    id: str
    title: str
    axis: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    horizontal: bool = False
    unit: str = ""

    def written(self) -> Json:
        """The plot as its script reads it."""
        series = [each._asdict() for each in self.series]
        return {**self._asdict(), "series": series}

    def words(self) -> dict[str, object]:
        """The plot as its table shows it."""
        series = [
            {"name": each.name, "shown": [self._shown(value) for value in each.values]}
            for each in self.series
        ]
        return {**self._asdict(), "series": series}

    def _shown(self, value: int) -> str:
        return in_bytes(value) if self.unit == "bytes" else f"{value:,}"


def plots(store: Store, fleet: Fleet) -> tuple[Plot, ...]:
    """All plots that have something to show."""
    with store.reading() as connection:
        found = (
            _over_time(fleet),
            _teams(connection, fleet),
            _ages(connection, fleet),
            _bytes(connection, fleet),
        )
        return tuple(plot for plot in found if plot.labels)


def _over_time(fleet: Fleet) -> Plot:
    points = fleet.trend[-_MOST_RUNS:]
    series = tuple(
        Series(level, level, tuple(getattr(point.findings, level) for point in points))
        for level in _LEVELS
    )
    labels = tuple(point.at[:10] for point in points)
    return Plot("time", "Findings by severity over time", "Run", labels, series)


def _teams(connection: Connection, fleet: Fleet) -> Plot:
    found: dict[str, Counter[str]] = {}
    for each in team_images(connection, fleet.run.id, fleet.wanted):
        found.setdefault(each.owner, Counter())[each.outcome] += each.images
    largest = sorted(found, key=lambda owner: (-found[owner].total(), owner))
    first, rest = largest[:_MOST_BARS], largest[_MOST_BARS:]
    bars = [(visible(owner) or "nobody", found[owner]) for owner in first]
    if rest:
        bars.append((f"{len(rest)} others", sum((found[owner] for owner in rest), Counter())))
    series = tuple(
        Series(name, colour, tuple(counts[name] for _, counts in bars))
        for name, colour in _OUTCOMES
    )
    labels = tuple(name for name, _ in bars)
    return Plot("teams", "Images by team", "Team", labels, series, horizontal=True)


def _ages(connection: Connection, fleet: Fleet) -> Plot:
    counts: Counter[str] = Counter()
    for each in base_images(connection, fleet.run.id, fleet.wanted):
        counts[_age(each.created, fleet.run.started)] += each.images
    names = (*(name for _, name in _AGES), _OLDER, _UNKNOWN)
    values = Series("images", "first", tuple(counts[name] for name in names))
    labels = names if counts else ()
    return Plot("ages", "Images by age of their base", "Age", labels, (values,))


def _age(created: str, now: str) -> str:
    days = age_in_days(created, now)
    if days is None:
        return _UNKNOWN
    return next((name for most, name in _AGES if days < most), _OLDER)


def _bytes(connection: Connection, fleet: Fleet) -> Plot:
    # A page of a million images waits for no sums: `--table bytes` tells them.
    whole = fleet.wanted == EVERYTHING and not has_too_many_layers(connection)
    found = reclaimable(connection, fleet.run.id, _MOST_BARS) if whole else ()
    labels = tuple(_short(each.repository) for each in found)
    series = (
        Series("reclaimable", "second", tuple(each.superseded for each in found)),
        Series("in use", "first", tuple(each.live for each in found)),
    )
    title = "Reclaimable bytes: layers to which no tag leads any more"
    return Plot("bytes", title, "Repository", labels, series, horizontal=True, unit="bytes")


def _short(repository: str) -> str:
    """A repository without its registry."""
    name = visible(repository.partition("/")[2] or repository)
    return name if len(name) <= _LONGEST else f"…{name[-_LONGEST:]}"


_LONGEST = 40
