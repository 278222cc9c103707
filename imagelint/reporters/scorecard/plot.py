"""A signal over the window as lines of an SVG picture."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.reporters.scorecard.values import amount

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.core.serving.scorecard import Point, Signal

WIDTH, HEIGHT = 640, 160
_ROOM = 1.1
_GAPS = 3.0
"""Points that lie further apart than so many usual distances are not joined."""
_TWO = 2


class Line(NamedTuple):
    """A horizontal line at a height, with what it stands for."""

    name: str
    y: float
    label: str


class Plot(NamedTuple):
    """A picture: pieces of the curve as `x,y x,y`, bounds as lines, and its edges in words."""

    pieces: tuple[str, ...]
    lines: tuple[Line, ...]
    top: str
    first: str
    last: str
    said: str


def plot(signal: Signal) -> Plot | None:
    """The picture of a signal; None where there are fewer than two values over the window."""
    points = signal.points
    if len(points) < _TWO or points[-1].time <= points[0].time:
        return None
    bounds = [("target", signal.bounds.target), ("breach", signal.bounds.breach)]
    values = [point.value for point in points]
    known = [bound for _, bound in bounds if bound is not None]
    most = max(*values, *known) * _ROOM or 1.0
    lines = tuple(
        Line(name, _y(bound, most), f"{name} {amount(bound, signal.unit)}")
        for name, bound in bounds
        if bound is not None
    )
    return Plot(
        tuple(_pieces(points, most)),
        lines,
        amount(most, signal.unit),
        _clock(points[0].time),
        _clock(points[-1].time),
        f"{signal.title} over the window: from {amount(min(values), signal.unit)} "
        f"to {amount(max(values), signal.unit)}",
    )


def _pieces(points: Sequence[Point], most: float) -> Iterator[str]:
    start, length = points[0].time, points[-1].time - points[0].time
    steps = sorted(after.time - one.time for one, after in pairwise(points))
    widest = steps[len(steps) // 2] * _GAPS
    piece: list[str] = []
    before = start
    for point in points:
        if piece and point.time - before > widest:
            yield " ".join(piece)
            piece = []
        piece.append(f"{(point.time - start) / length * WIDTH:.1f},{_y(point.value, most):.1f}")
        before = point.time
    yield " ".join(piece)


def _y(value: float, most: float) -> float:
    return round(HEIGHT - max(0.0, value) / most * HEIGHT, 1)


def _clock(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment))
