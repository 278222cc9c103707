"""Dimensions over tags, as a table and as a plot in text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_BARS = "▁▂▃▄▅▆▇█"
_SHORT = 12
"""Hexadecimal digits of a digest that are enough to tell it from others."""
_GAP = "  "


class HistoryPoint(NamedTuple):
    """An evaluation of a tag: what it came to, whether it was promoted, and its dimensions.

    `values` are by dimension, `thresholds` as they were demanded.
    """

    at: str
    tag: str
    digest: str
    outcome: str
    promoted: str
    values: dict[str, float | None]
    thresholds: dict[str, str]
    failed: tuple[str, ...] = ()


def dimensions_of(points: Iterable[HistoryPoint]) -> tuple[str, ...]:
    """The names of all dimensions, in the order in which they came."""
    return tuple(dict.fromkeys(name for one in points for name in one.values))


def table(points: Sequence[HistoryPoint]) -> Iterator[str]:
    """A line a tag; `!` marks a dimension that failed, `-` one that was not measured."""
    names = dimensions_of(points)
    rows = [("evaluated", "tag", "digest", "outcome", "promoted", *names)]
    rows += [_cells(one, names) for one in points]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield _GAP.join(padded).rstrip()


def _cells(one: HistoryPoint, names: Iterable[str]) -> tuple[str, ...]:
    encoded = one.digest.rpartition(":")[2]
    values = (_value(one, name) for name in names)
    return (one.at, one.tag or "-", encoded[:_SHORT], one.outcome, one.promoted or "-", *values)


def _value(one: HistoryPoint, name: str) -> str:
    value = one.values.get(name)
    return "-" if value is None else f"{value:.4g}{'!' if name in one.failed else ''}"


def plot(points: Sequence[HistoryPoint]) -> Iterator[str]:
    """A line a dimension: one bar a tag, between the least and the largest value that it had."""
    names = dimensions_of(points)
    width = max(map(len, names), default=0)
    for name in names:
        values = [one.values.get(name) for one in points]
        there = [value for value in values if value is not None]
        if not there:
            continue
        low, high = min(there), max(there)
        bars = "".join(_bar(value, low, high) for value in values)
        last = next((one.thresholds.get(name, "") for one in reversed(points)), "")
        demanded = f", {last} is demanded" if last else ""
        yield f"{name.ljust(width)}{_GAP}{bars}{_GAP}{low:.4g} to {high:.4g}{demanded}"


def _bar(value: float | None, low: float, high: float) -> str:
    if value is None:
        return " "
    if high <= low:
        return _BARS[len(_BARS) // 2]
    return _BARS[round((value - low) / (high - low) * (len(_BARS) - 1))]
