"""The metric of a dimension in files of results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imagelint.core.record import NamedTuple
from imagelint.documents.evaluation.results import Aggregate
from imagelint.evaluation.many import Part
from imagelint.evaluation.pairing import cases_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imagelint.documents.evaluation.results import ResultFile, SampleTable
    from imagelint.evaluation.pairing import AnyCases

_TOLD_APART = 1e-6
_MOST_TOLD = 6


class Measured(NamedTuple):
    """A metric: its name, its cases where there are samples, its aggregate where there is one.

    `unscored` is the number of samples in which it came to nothing.
    """

    metric: str
    cases: AnyCases | None
    aggregate: Aggregate | None
    labels: tuple[tuple[float, float], ...] = ()
    unscored: int = 0

    @property
    def value(self) -> float:
        """The mean over cases, or what the tool says."""
        if self.cases is not None:
            return self.cases.mean
        return self.aggregate.value if self.aggregate else 0.0

    @property
    def size(self) -> int:
        """How many cases there are; 0 where nothing says so."""
        if self.cases is not None:
            return self.cases.size
        return (self.aggregate.cases if self.aggregate else None) or 0

    def summed_up(self) -> Measured:
        """The same in all, without the cases, which take their memory."""
        if self.cases is None:
            return self
        whole = self.aggregate or Aggregate(self.value)
        told = whole._replace(value=self.value, cases=self.size)
        return self._replace(cases=None, aggregate=told)


def measured(metric: str, files: Sequence[ResultFile]) -> Measured | str:
    """The metric of that name, or why there is none, as the rest of a sentence."""
    names = tuple(dict.fromkeys(name for file in files for name in file.metrics()))
    matching = _matching(metric, names)
    holding = [file for file in files if any(name in file.metrics() for name in matching)]
    if not matching:
        told = ", ".join(names[:_MOST_TOLD]) or "none"
        return f"is not in the results, which have: {told}"
    if len({file.format for file in holding}) > 1:
        return f"is in results of several tools: {', '.join(_origins(holding))}"
    stem = {_stem(name) for name in matching}
    if len(stem) > 1:
        return f"may be any of: {', '.join(matching[:_MOST_TOLD])}"
    return _joined(matching, holding)


def _origins(files: Iterable[ResultFile]) -> Iterator[str]:
    return (f"{file.origin} ({file.format})" for file in files)


def _matching(metric: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Names that are it, else those of which it is a part: the task, the metric, without filter."""
    exact = tuple(name for name in names if name == metric)
    if exact:
        # Samples of inspect_ai are named by their scorer, their mean by scorer and metric.
        return exact + tuple(n for n in names if n.startswith(f"{metric}/"))
    wanted = metric.lower()
    return tuple(name for name in names if wanted in _parts(name.lower()))


def _parts(name: str) -> set[str]:
    unfiltered = name.partition(",")[0]
    head, _, last = unfiltered.rpartition("/")
    return {name, unfiltered, last, name.rpartition("/")[2], head, name.partition("@")[0]}


def _stem(name: str) -> str:
    """What a name is about: of `match` and `match/accuracy` the same."""
    head, _, last = name.rpartition("/")
    return head if last in ("accuracy", "mean") and head else name


def _joined(names: tuple[str, ...], files: Sequence[ResultFile]) -> Measured | str:
    aggregates = [
        file.aggregates[name] for file in files for name in names if name in file.aggregates
    ]
    sampled = [file for file in files if any(name in file.samples.metrics() for name in names)]
    several = len({one.value for one in aggregates}) > 1 and len(aggregates) > len(sampled)
    if several or (not sampled and len(aggregates) > 1):
        return f"is in several files: {', '.join(_origins(files))}"
    cases, labels = _samples(names, sampled)
    if cases is not None and not cases.size:
        return "has no value in any sample"
    if _is_no_mean(cases, aggregates):
        cases = None
    unscored = sum(file.samples.unscored.get(name, 0) for file in files for name in names)
    aggregate = aggregates[0] if aggregates else None
    found = Measured(names[0], cases, aggregate, tuple(labels), unscored)
    return _contradiction(found, len(aggregates)) or found


def _samples(
    names: tuple[str, ...], files: Sequence[ResultFile]
) -> tuple[AnyCases | None, list[tuple[float, float]]]:
    """The cases of a metric in files that have samples of it, and what people say of them."""
    having = [
        (file.samples, name) for file in files for name in names if name in file.samples.metrics()
    ]
    if not having:
        return None, []
    cases = cases_of([_part(table, name) for table, name in having])
    return cases, [pair for table, name in having for pair in table.labels.get(name, ())]


def _part(table: SampleTable, name: str) -> Part:
    """The samples of a metric in one file, as they are kept there."""
    clusters = np.frombuffer(table.clusters, dtype=np.uint64) if table.clustered else None
    keys = np.frombuffer(table.cases, dtype=np.uint64)
    numbered = table.numbered(name)
    if numbered is None:
        return Part(keys, np.frombuffer(table.column(name), dtype=np.float64), clusters)
    numbers, known = numbered
    if isinstance(numbers, bytearray):
        return Part(keys, np.frombuffer(numbers, dtype=np.uint8), clusters, np.array(known))
    return Part(keys, np.frombuffer(numbers, dtype=np.uint16), clusters, np.array(known))


def _is_no_mean(cases: AnyCases | None, aggregates: Sequence[Aggregate]) -> bool:
    """Whether a tool makes something else of its samples than their mean.

    A perplexity is the exponential of what samples hold: thresholds and tolerances are its own.
    """
    if cases is None or len(aggregates) != 1 or aggregates[0].is_mean:
        return False
    mean, whole = cases.mean, aggregates[0].value
    return _differ(mean, whole) and not _are_shares(mean, whole)


def _are_shares(*values: float) -> bool:
    return all(0 <= value <= 1 for value in values)


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > _TOLD_APART * max(1.0, abs(other))


def _contradiction(found: Measured, aggregates: int) -> str:
    """Where samples do not come to what the tool says of them: files of two runs."""
    whole = found.aggregate
    if found.cases is None or whole is None or aggregates > 1:
        return ""
    if not _differ(found.value, whole.value):
        return ""
    return f"is {whole.value:.6g} in all, but its samples have a mean of {found.value:.6g}"
