"""What the metrics of an engine say about the signals of a scorecard."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from imagelint.core.record import NamedTuple
from imagelint.core.serving.scorecard import Point
from imagelint.documents.metrics.api import single
from imagelint.documents.metrics.question import Question, Reading
from imagelint.documents.metrics.samples import histogram_quantile, is_falling
from imagelint.knowledge.serving.signals import metrics_of, scored_engines, signal_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from imagelint.documents.metrics.question import Pairs, Rows
    from imagelint.knowledge.serving.signals import SignalMetric

_SHARE = 0.99
_MOST_OF_A_SHARE = 1.5
"""What is above counts in hundredths, whatever it is called."""


MODEL = "model_name"
"""The label by which most engines tell what they serve."""


class Present(NamedTuple):
    """The names of the series that there are, and the models that they are about."""

    names: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()

    @classmethod
    def of(cls, series: Iterable[tuple[str, Mapping[str, str]]]) -> Present:
        """Those of series by their names and labels."""
        rows = tuple(series)
        models = (labels.get(MODEL, "") for _, labels in rows)
        return cls(frozenset(name for name, _ in rows), frozenset(filter(None, models)))


class Answering(Protocol):
    """Who answers questions about a window: a server, or samples."""

    def total(self, question: Question) -> Rows:
        """The answer over the whole window."""
        ...

    def over(self, question: Question) -> Mapping[float, Rows]:
        """The answers over the window, by time."""
        ...


class Measured(NamedTuple):
    """What was measured of a signal, or `why` nothing was.

    `least` and `most` bound the value where it comes from a bucket of a histogram; `most` may be
    infinite. `metric` is where it was read.
    """

    value: float | None = None
    least: float | None = None
    most: float | None = None
    metric: str = ""
    why: str = ""
    points: tuple[Point, ...] = ()


def wanted_names() -> frozenset[str]:
    """The names of all series that any engine's signals are read from."""
    native = (one.native for one in signal_metrics() if one.native)
    return frozenset((*native, *(name for one in signal_metrics() for name in one.names)))


def counter_names() -> frozenset[str]:
    """The names of those among them that only grow while a server runs."""
    counted = (one for one in signal_metrics() if one.shape != "gauge")
    return frozenset(name for one in counted for name in one.names)


def engines_in(names: frozenset[str]) -> tuple[str, ...]:
    """The engines to which some names of series belong."""
    return tuple(
        engine
        for engine in scored_engines()
        if any(
            one.engine == engine and names & {*one.names, one.native} for one in signal_metrics()
        )
    )


def measure(
    engine: str, signal: str, names: frozenset[str], labels: Pairs, source: Answering
) -> Measured:
    """What an engine's metrics say about a signal; `names` are those that there are."""
    known = metrics_of(engine, signal)
    if not known:
        return Measured(why=f"{engine} has no metric for it")
    there = [one for one in known if _is_there(one, names) or one.native in names]
    if not there:
        missing = " or ".join(one.names[0] for one in known)
        return Measured(why=f"there is no {missing}")
    found = [
        _uncounted(one, names) or _measured(one, labels, source, native=not _is_there(one, names))
        for one in there
    ]
    return next((one for one in found if one.value is not None), found[0])


def _uncounted(metric: SignalMetric, names: frozenset[str]) -> Measured | None:
    """A share of something that nothing counts; None where something does."""
    if not metric.per or names & {*metric.per}:
        return None
    return Measured(metric=metric.names[0], why=f"there is no {' or '.join(metric.per)}")


def _is_there(metric: SignalMetric, names: frozenset[str]) -> bool:
    needed = metric.per if metric.sparse else metric.names
    present = names.issuperset(needed) if metric.shape != "ratio" else bool(names & {*needed})
    return present and (metric.sparse or metric.names[0] in names)


def _measured(metric: SignalMetric, labels: Pairs, source: Answering, *, native: bool) -> Measured:
    questions = tuple(_questions(metric, labels))
    if native:
        questions = (Question(Reading.NATIVE, metric.native, labels),)
    told = _value(metric, [source.total(question) for question in questions])
    told = told._replace(metric=questions[0].name)
    if told.value is None:
        return told
    over = [source.over(question) for question in questions]
    times = sorted({time for rows in over for time in rows})
    points = ((time, _value(metric, [rows.get(time, ()) for rows in over]).value) for time in times)
    return told._replace(points=tuple(Point(at, each) for at, each in points if each is not None))


def _questions(metric: SignalMetric, labels: Pairs) -> Iterator[Question]:
    reading = {
        "histogram": Reading.BUCKETS,
        "gauge": Reading.WORST,
        "ratio": Reading.INCREASE,
    }[metric.shape]
    yield Question(reading, metric.names[0], labels, metric.where, metric.unless)
    for name in metric.per:
        yield Question(reading, name, labels)


def _value(metric: SignalMetric, answers: Sequence[Rows]) -> Measured:
    read: Mapping[str, Callable[[SignalMetric, Sequence[Rows]], Measured]] = {
        "histogram": _of_histogram,
        "gauge": _of_gauge,
        "ratio": _of_ratio,
    }
    if metric.shape != "gauge" and any(_is_odd(count) for rows in answers for _, count in rows):
        return Measured(why="a counter holds what is no count")
    told = read[metric.shape](metric, answers)
    if told.value is not None and _is_odd(told.value):
        return Measured(why=f"{told.value:g} cannot be")
    return told


def _is_odd(value: float) -> bool:
    """Whether a value is none of what servers count and measure: below 0, or no finite number."""
    return not 0 <= value < math.inf


def _of_histogram(metric: SignalMetric, answers: Sequence[Rows]) -> Measured:
    found = None if is_falling(answers[0]) else histogram_quantile(_SHARE, answers[0])
    if found is None:
        return Measured(why=_unobserved(answers[0]))
    value, least, most = (edge * metric.scale for edge in found)
    return Measured(value, least, most)


def _unobserved(rows: Rows) -> str:
    if not rows:
        return "there are too few samples in the window"
    if rows[-1][0] != math.inf:
        return "the histogram has no bucket +Inf"
    if is_falling(rows):
        return "the counts of its buckets fall: do all servers have the same ones?"
    return "nothing was observed in the window"


def _of_gauge(metric: SignalMetric, answers: Sequence[Rows]) -> Measured:
    value = single(answers[0])
    if value is None:
        return Measured(why=f"there are no samples{_chosen(metric)} in the window")
    if metric.signal == "kv-cache-use" and not 0 <= value <= _MOST_OF_A_SHARE:
        return Measured(why=f"{value:g} is no share of 1")
    return Measured(value * metric.scale)


def _of_ratio(metric: SignalMetric, answers: Sequence[Rows]) -> Measured:
    grown, divisors = single(answers[0]), [single(rows) for rows in answers[1:]]
    told = [value for value in divisors if value is not None]
    if not told:
        return Measured(why="there are too few samples in the window")
    if grown is None:
        if not metric.sparse:
            return Measured(why=f"there are no samples{_chosen(metric)} in the window")
        grown = 0.0
    if sum(told) > 0:
        return Measured(grown / sum(told))
    return Measured(grown) if grown > 0 else Measured(why="no request ended in the window")


def _chosen(metric: SignalMetric) -> str:
    said = ", ".join(f"{label}={value}" for label, value in metric.where)
    return f" with {said}" if said else ""
