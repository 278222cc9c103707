"""What a Prometheus server answers: https://prometheus.io/docs/prometheus/latest/querying/api/."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.metrics.exposition import Sample
from imagelint.documents.metrics.samples import bound_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.documents.metrics.question import Rows

_PAIR = 2


class ApiError(ValueError):
    """An answer that says that there is none, or that is none of this API."""


class ApiAnswer(NamedTuple):
    """The samples of an answer, and what the server warns of: it may be a part of the whole."""

    samples: tuple[Sample, ...]
    warnings: tuple[str, ...] = ()


def read_answer(text: str | bytes) -> ApiAnswer:
    """The samples of an answer to a query over a range or at an instant.

    Raises:
        ApiError: the server says why there are none, or what it says is not understood.
    """
    import json

    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ApiError("the answer is not JSON") from None
    if not isinstance(data, dict) or data.get("status") not in ("success", "error"):
        raise ApiError("the answer is not that of a Prometheus server")
    if data["status"] == "error":
        raise ApiError(f"{data.get('errorType', 'error')}: {data.get('error', 'no reason given')}")
    body = data.get("data")
    result = body.get("result") if isinstance(body, dict) else None
    if not isinstance(result, list):
        raise ApiError("the answer has no result")
    samples = tuple(sample for row in result for sample in _samples(row))
    return ApiAnswer(samples, tuple(_warnings(data)))


def _warnings(data: Mapping[str, object]) -> Iterator[str]:
    """What the server warns of, in the words of Prometheus or the mark of VictoriaMetrics."""
    told = data.get("warnings")
    yield from map(str, told if isinstance(told, list) else [told] if told else [])
    if data.get("isPartial"):
        yield "isPartial"


def _samples(row: object) -> Iterator[Sample]:
    labels = row.get("metric") if isinstance(row, dict) else None
    if not (isinstance(row, dict) and isinstance(labels, dict)):
        raise ApiError("the answer has a result without a metric")
    named = {str(label): str(value) for label, value in labels.items()}
    name = named.pop("__name__", "")
    pairs = row.get("values", [row["value"]] if "value" in row else [])
    if not isinstance(pairs, list):
        raise ApiError("the answer has values that are no list")
    for pair in pairs:
        try:
            time, value = pair
            sample = Sample(name, named, float(value), _moment(time))
        except (TypeError, ValueError, OverflowError):
            raise ApiError("the answer has a value that is no number") from None
        yield sample
    yield from _histograms(name, named, row)


def _moment(time: object) -> float:
    moment = float(time)  # type: ignore[arg-type]
    if not math.isfinite(moment):
        raise ApiError("the answer has a time that is no number")
    return moment


def _histograms(
    name: str, labels: Mapping[str, str], row: Mapping[str, object]
) -> Iterator[Sample]:
    """Native histograms as the cumulative counts of classic ones.

    https://prometheus.io/docs/prometheus/latest/querying/api/#histograms
    """
    pairs = row.get("histograms", [row["histogram"]] if "histogram" in row else [])
    if not isinstance(pairs, list):
        raise ApiError("the answer has histograms that are no list")
    for pair in pairs:
        try:
            time, said = pair
            moment, rows = _moment(time), _cumulative(said)
        except ApiError:
            raise
        except (TypeError, ValueError, KeyError, OverflowError):
            raise ApiError("the answer has a histogram that is none") from None
        for bound, count in rows.items():
            yield Sample(name, {**labels, "le": repr(bound)}, count, moment)


def _cumulative(said: object) -> Mapping[float, float]:
    """Bounds with what was counted up to them; a bucket tells its ends and its own count."""
    buckets = said.get("buckets", []) if isinstance(said, dict) else None
    if not (isinstance(said, dict) and isinstance(buckets, list)):
        raise ApiError("the answer has a histogram that is none")
    rows: dict[float, float] = {}
    counted = 0.0
    for _rule, left, right, count in buckets:
        start, end = float(left), float(right)
        if start == -math.inf:
            start = min(0.0, end)  # below the first bound of buckets that somebody chose
        rows.setdefault(start, counted)
        counted += float(count)
        rows[end] = counted
    rows[math.inf] = float(said["count"])
    return rows


def rows_by_time(answer: ApiAnswer) -> Mapping[float, Rows]:
    """The values of an answer by the time that they belong to, by the bounds of their buckets."""
    found: dict[float, dict[float, float]] = {}
    for sample in answer.samples:
        bound = bound_of(sample.labels) if "le" in sample.labels else math.inf
        if bound is None:
            continue
        rows = found.setdefault(sample.time or 0.0, {})
        rows[bound] = rows.get(bound, 0.0) + sample.value
    return {time: tuple(sorted(rows.items())) for time, rows in sorted(found.items())}


def single(rows: Rows) -> float | None:
    """The value of what has no buckets; None where there is none, or it is not a number."""
    value = rows[0][1] if rows else math.nan
    return None if math.isnan(value) else value
