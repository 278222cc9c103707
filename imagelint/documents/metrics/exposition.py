"""Metrics pages: the text format of Prometheus, and OpenMetrics.

https://prometheus.io/docs/instrumenting/exposition_formats/. A page may be very long and hold very
little of what is asked: lines are chosen by the names of their metrics, and only those are kept and
parsed. They may have times of their own, so that saved samples are pages as well.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.serving.scorecard import Point
from imagelint.documents.metrics.samples import Samples, Series

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from prometheus_client import Metric

MOST_LINES = 1_000_000
MOST_SERIES = 10_000
MOST_SAMPLES = 200_000
_LONGEST_LINE = 65_536
# Of two parts beside each other no character fits both: no line takes the square of its length.
_METRIC = (
    rb"^[ \t]*[A-Za-z_:][A-Za-z0-9_:]*(?:[ \t]+|[ \t]*\{.*\}[ \t]*)"
    rb"[-+]?(?:[0-9][0-9.eE+-]*|NaN|Inf)(?:[ \t]+[0-9.]+)?[ \t\r]*(?:#.*)?$"
)


class Sample(NamedTuple):
    """A value of a series; `time` in seconds since 1970 where the page says it."""

    name: str
    labels: Mapping[str, str]
    value: float
    time: float | None = None


class Limit(ValueError):  # noqa: N818 - it is a limit that was met
    """A page has more than is read."""


class PageReader:
    """Takes a page piece by piece and keeps the lines of metrics with some names."""

    def __init__(self, names: Collection[str]) -> None:
        families = {name.removesuffix("_bucket").removesuffix("_total") for name in names}
        kept = rb"^[ \t]*(?:(?:%b)[ \t]*[{ \t]|#[ \t]*TYPE[ \t]+(?:%b)[ \t]).*$"
        self._wanted = re.compile(kept % (_any(names), _any(families)), re.MULTILINE)
        self._metric = re.compile(_METRIC, re.MULTILINE)
        self._rest = b""
        self._lines: list[bytes] = []
        self._count = 0
        self._is_open = False
        self._has_metrics = False

    def take(self, piece: bytes) -> None:
        """Read on.

        Raises:
            Limit: that is more than we read.
        """
        whole, newline, rest = (self._rest + piece).rpartition(b"\n")
        _bounded(rest)
        self._rest = rest
        if newline:
            self._keep(whole)

    def samples(self) -> list[Sample]:
        """The samples of all that was taken.

        Raises:
            Limit: there are more than we read.
            ValueError: it is no metrics page, or one of the wanted lines is none of one.
        """
        self._keep(self._rest)
        self._rest = b""
        if not self._has_metrics:
            raise ValueError("is no metrics page")
        try:
            return list(_parsed(self._lines, is_open=self._is_open))
        except OverflowError:
            raise ValueError("holds a number that is too large") from None

    def _keep(self, text: bytes) -> None:
        lines = text.split(b"\n")
        _bounded(max(lines, key=len))
        self._count += len(lines)
        if self._count > MOST_LINES:
            raise Limit(f"there are more than {MOST_LINES:,} lines")
        self._has_metrics = self._has_metrics or self._metric.search(text) is not None
        self._is_open = self._is_open or text.endswith(b"# EOF")
        self._lines += self._wanted.findall(text)
        if len(self._lines) > MOST_SAMPLES:
            raise Limit(f"there are more than {MOST_SAMPLES:,} samples of what is asked for")


def _bounded(line: bytes) -> None:
    if len(line) > _LONGEST_LINE:
        raise Limit(f"a line has more than {_LONGEST_LINE:,} bytes")


def _any(names: Collection[str]) -> bytes:
    return b"|".join(re.escape(name.encode()) for name in sorted(names))


def _parsed(lines: Sequence[bytes], *, is_open: bool) -> Iterator[Sample]:
    # The parsers come with the client library, whose import takes as long as all else here.
    from prometheus_client.openmetrics import parser as strict
    from prometheus_client.parser import text_string_to_metric_families

    decoded = (line.decode("utf-8", "replace").strip() for line in lines)
    families: Iterable[Metric]
    if is_open:
        text = "\n".join((*decoded, "# EOF", ""))
        families = strict.text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    else:
        # By its type a counter would be renamed, and a server be asked for what it does not have.
        text = "\n".join(line for line in decoded if not line.startswith("#"))
        families = text_string_to_metric_families(text)
    for family in families:
        for one in family.samples:
            time = None if one.timestamp is None else float(one.timestamp)
            if time is not None and not math.isfinite(time):
                raise ValueError(f"holds a sample of {one.name} whose time is no number")
            yield Sample(one.name, one.labels, float(one.value), time)


def from_pages(pages: Sequence[Iterable[Sample]]) -> Samples:
    """The samples of one page, or of several that were taken one after the other.

    Pages without times are a second apart: nothing that is computed of counters depends on it.

    Raises:
        Limit: there are too many series.
        ValueError: a series has two values at one time.
    """
    placed = [list(page) for page in pages]
    timed = any(sample.time is not None for page in placed for sample in page)
    samples = gathered(
        sample if sample.time is not None else sample._replace(time=float(at))
        for at, page in enumerate(placed)
        for sample in page
    )
    single = len(placed) == 1
    lifetime = single and all(
        len(one.points) == 1 for series in samples.series.values() for one in series
    )
    return samples._replace(complete=not timed, lifetime=lifetime)


def gathered(samples: Iterable[Sample]) -> Samples:
    """Samples by their series, in the order of time; what has no time is at 0.

    Raises:
        Limit: there are too many series.
        ValueError: a series has two values at one time: of several servers, one would be lost.
    """
    found: dict[tuple[str, tuple[tuple[str, str], ...]], dict[float, float]] = {}
    for sample in samples:
        key = (sample.name, tuple(sorted(sample.labels.items())))
        if key not in found and len(found) >= MOST_SERIES:
            raise Limit(f"there are more than {MOST_SERIES:,} series of what is asked for")
        values = found.setdefault(key, {})
        time = sample.time or 0.0
        if time in values and repr(values[time]) != repr(sample.value):  # so that NaN is itself
            raise ValueError(f"holds two values of one series of {sample.name} at one time")
        values[time] = sample.value
    series: dict[str, list[Series]] = {}
    start, end = math.inf, -math.inf
    for (name, labels), values in found.items():
        points = tuple(Point(time, values[time]) for time in sorted(values))
        start, end = min(start, points[0].time), max(end, points[-1].time)
        series.setdefault(name, []).append(Series(dict(labels), points))
    span = (start, end) if found else (0.0, 0.0)
    return Samples({name: tuple(rows) for name, rows in series.items()}, *span)
