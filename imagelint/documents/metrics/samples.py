"""Samples that were taken of counters, gauges and histograms, and what follows from them.

Computed as Prometheus does it, so that a page that was scraped twice, saved samples and a server
that collects them give one answer: `promql/functions.go` and `promql/quantile.go` of
prometheus/prometheus (extrapolatedRate, quantile, bucketQuantile). Classic histograms only.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.serving.scorecard import Point
from imagelint.documents.metrics.question import WORST, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imagelint.documents.metrics.question import Question, Rows

_THRESHOLD = 1.1
"""So many of the usual distances may lie between a sample and the edge of a range."""
_TWO = 2
_ROUNDING = 1e-3


class Series(NamedTuple):
    """One series: its labels, and its samples in the order of time."""

    labels: Mapping[str, str]
    points: tuple[Point, ...]


class Samples(NamedTuple):
    """Series by the names of their metrics, and the time from the first to the last sample.

    Each page holds all series of its moment (`complete`): what is not there yet is 0. A single one
    tells the time since its server was started (`lifetime`).
    """

    series: Mapping[str, tuple[Series, ...]]
    start: float
    end: float
    complete: bool = False
    lifetime: bool = False

    @property
    def seconds(self) -> float:
        """How long the samples were taken."""
        return self.end - self.start


def answer(question: Question, samples: Samples, end: float, seconds: float) -> Rows:
    """The answer to a question over the `seconds` before `end`; empty where nothing can be told."""
    chosen = [one for one in samples.series.get(question.name, ()) if question.selects(one.labels)]
    if question.reading is Reading.NATIVE:
        return ()  # no page has any; of saved ones the buckets change from sample to sample
    if question.reading is Reading.WORST:
        found = [_worst(_within(one.points, end, seconds)) for one in chosen]
        told = [value for value in found if value is not None]
        return ((math.inf, max(told)),) if told else ()
    grown = [(one, _growth(one.points, samples, end, seconds)) for one in chosen]
    sums: dict[float, float] = {}
    for one, growth in grown:
        bound = bound_of(one.labels) if question.reading is Reading.BUCKETS else math.inf
        if growth is not None and bound is not None:
            sums[bound] = sums.get(bound, 0.0) + growth
    return tuple(sorted(sums.items()))


def _worst(points: Sequence[Point]) -> float | None:
    values = sorted(point.value for point in points if not math.isnan(point.value))
    return quantile_over_time(WORST, values) if values else None


def bound_of(labels: Mapping[str, str]) -> float | None:
    """The upper bound of a bucket; None where it is not a number."""
    try:
        bound = float(labels.get("le", ""))
    except ValueError:
        return None
    return None if math.isnan(bound) else bound


def _within(points: Sequence[Point], end: float, seconds: float) -> Sequence[Point]:
    first = bisect_left(points, end - seconds, key=_time)
    return points[first : bisect_right(points, end, key=_time)]


def _time(point: Point) -> float:
    return point.time


def _growth(points: Sequence[Point], samples: Samples, end: float, seconds: float) -> float | None:
    """By how much a counter grew in a range; None where nobody can tell."""
    if samples.lifetime:
        return points[-1].value
    inside = _within(points, end, seconds)
    if samples.complete and inside and inside[0].time > samples.start:
        inside = [Point(samples.start, 0.0), *inside]
    return increase(inside, end - seconds, end)


def increase(points: Sequence[Point], start: float, end: float) -> float | None:
    """By how much a counter grew between two times, extrapolated to them; None for one sample.

    A counter that falls was reset to 0 just before.
    """
    if len(points) < _TWO or points[-1].time <= points[0].time:
        return None
    first, last = points[0], points[-1]
    grown, before = last.value - first.value, first.value
    for point in points:
        if point.value < before:
            grown += before
        before = point.value
    taken = last.time - first.time
    usual = taken / (len(points) - 1)
    lead = _extrapolated(first.time - start, usual)
    if grown > 0 and first.value >= 0:
        lead = min(lead, taken * first.value / grown)  # no counter was ever below 0
    return grown * (taken + lead + _extrapolated(end - last.time, usual)) / taken


def _extrapolated(distance: float, usual: float) -> float:
    return distance if distance < usual * _THRESHOLD else usual / 2


def quantile_over_time(share: float, ordered: Sequence[float]) -> float:
    """A quantile of values in order, linear between two of them."""
    rank = share * (len(ordered) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] * (1 - (rank - low)) + ordered[high] * (rank - low)


class Quantile(NamedTuple):
    """A quantile of a histogram, which lies between `least` and `most`: the edges of its bucket.

    Above the last bound, `most` is infinite and the value is that bound.
    """

    value: float
    least: float
    most: float


def histogram_quantile(share: float, buckets: Rows) -> Quantile | None:
    """The quantile of cumulative buckets; None where nothing was observed, or all is not counted.

    Linear within a bucket; counts that fall from one bound to the next stay where they are, as with
    Prometheus: `is_falling` tells whether that is rounding.
    """
    ordered = list(_rising(buckets))
    if len(ordered) < _TWO or ordered[-1][0] != math.inf or not ordered[-1][1] > 0:
        return None
    rank = share * ordered[-1][1]
    at = next((at for at, (_, count) in enumerate(ordered[:-1]) if count >= rank), None)
    if at is None:
        last = ordered[-2][0]
        return Quantile(last, last, math.inf)
    bound, count = ordered[at]
    if at == 0:
        start, before = (0.0, 0.0) if bound > 0 else (bound, 0.0)
    else:
        start, before = ordered[at - 1]
    inside = count - before
    value = start + (bound - start) * ((rank - before) / inside if inside else 0.0)
    return Quantile(value, start, bound)


def is_falling(buckets: Rows) -> bool:
    """Whether fewer are counted below some bound than below a lower one, beyond rounding."""
    risen = tuple(_rising(buckets))
    most = risen[-1][1] if risen else 0.0
    pairs = zip(sorted(buckets), risen, strict=True)
    return any(full - count > most * _ROUNDING for (_, count), (_, full) in pairs)


def _rising(buckets: Rows) -> Iterable[tuple[float, float]]:
    least = -math.inf
    for bound, count in sorted(buckets):
        least = max(least, count)
        yield bound, least
