"""The same cases in two runs, beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from imagelint.core.record import NamedTuple
from imagelint.evaluation.many import (
    MANY,
    ClusterSums,
    ManyCases,
    Part,
    cluster_sums,
    many_cases,
    matched,
    once,
)
from imagelint.evaluation.moments import Moments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
Keys: TypeAlias = "NDArray[np.uint64]"


class Cases(NamedTuple):
    """One value a case, the mean of its repetitions; each key is there once.

    `clusters` are the keys of the clusters; none where nothing names any.
    """

    keys: Keys
    values: Floats
    clusters: Keys | None = None

    @property
    def size(self) -> int:
        """How many cases there are."""
        return int(self.keys.size)

    def changed(self, change: Callable[[Floats], Floats]) -> Cases:
        """The same with other values."""
        return self._replace(values=change(self.values))

    @property
    def mean(self) -> float:
        """The mean of all values."""
        return float(self.values.mean())

    def spread(self, less: int = 0) -> float:
        """The standard deviation, of which the divisor is the number of cases less so many."""
        return float(self.values.std(ddof=less))

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        return float(self.values.min()), float(self.values.max())


AnyCases: TypeAlias = "Cases | ManyCases"


class Pairs(NamedTuple):
    """Cases that occur in both runs: the values of the new one and of the one before.

    `unmatched` is the number of cases that only one of them has.
    """

    new: Floats
    before: Floats
    clusters: Keys | None
    unmatched: int = 0

    @property
    def size(self) -> int:
        """How many cases both have."""
        return int(self.new.size)

    @property
    def differences(self) -> Floats:
        """The new value less the one before."""
        return self.new - self.before

    @property
    def binary(self) -> bool:
        """Whether all values are 0 and 1."""
        return _binary(self.new) and _binary(self.before)

    @property
    def summary(self) -> PairSummary:
        """What came of them all."""
        moved = self.differences
        won, lost = int(np.count_nonzero(moved > 0)), int(np.count_nonzero(moved < 0))
        mean = float(moved.mean()) if moved.size else 0.0
        squares = float(((moved - mean) ** 2).sum())
        return PairSummary(
            self.size, won, lost, self.binary, mean=mean, squares=squares, unmatched=self.unmatched
        )


class PairSummary(NamedTuple):
    """What came of more cases than any test draws from: how many became better and worse.

    `mean` is that of their differences, `squares` the sum of the squares of what these differ by
    from it; `binary` says that all values are 0 and 1. `clusters` is None where nothing names any.
    """

    size: int
    won: int
    lost: int
    binary: bool
    mean: float
    squares: float
    unmatched: int = 0
    clusters: ClusterSums | None = None


def cases_of(parts: Sequence[Part]) -> AnyCases:
    """The cases of samples, which may repeat; those without a value are left out."""
    if sum(part.keys.size for part in parts) > MANY:
        found = many_cases(parts)
        if found.size > MANY:
            return found
    alone = once(parts)
    if all(part.clusters is None for part in parts):
        return Cases(alone.keys, alone.values)
    # A case that is in no cluster is one of its own.
    named = np.where(alone.clusters == 0, alone.keys, alone.clusters)
    return Cases(alone.keys, alone.values, named)


def _binary(values: Floats) -> bool:
    return bool(((values == 0.0) | (values == 1.0)).all())


def paired(new: AnyCases, before: AnyCases) -> Pairs | PairSummary:
    """The cases that both have; what came of them where these are more than any test draws from."""
    if isinstance(new, Cases) and isinstance(before, Cases):
        return _few(new, before)
    many = _many(new), _many(before)
    found = _summed(*many)
    clustered = many[0].clustered or many[1].clustered
    if found.size <= MANY:
        kept = _kept(many, found.unmatched)
        return kept if clustered else kept._replace(clusters=None)
    if not clustered:
        return found
    return found._replace(clusters=cluster_sums(*many, found.mean))


def _few(new: Cases, before: Cases) -> Pairs:
    clusters = new.clusters if new.clusters is not None else before.clusters
    _common, ours, theirs = np.intersect1d(
        new.keys, before.keys, assume_unique=True, return_indices=True
    )
    chosen = ours if new.clusters is not None else theirs
    unmatched = new.size + before.size - 2 * int(ours.size)
    return Pairs(
        new.values[ours],
        before.values[theirs],
        None if clusters is None else clusters[chosen],
        unmatched,
    )


def _many(cases: AnyCases) -> ManyCases:
    if isinstance(cases, ManyCases):
        return cases
    return many_cases([Part(cases.keys, cases.values, cases.clusters)])


def _summed(new: ManyCases, before: ManyCases) -> PairSummary:
    won = lost = 0
    binary = True
    found = Moments()
    for _keys, ours, theirs, _clusters in matched(new, before):
        moved = ours - theirs
        won += int(np.count_nonzero(moved > 0))
        lost += int(np.count_nonzero(moved < 0))
        binary = binary and _binary(ours) and _binary(theirs)
        found = found.joined(moved)
    unmatched = new.size + before.size - 2 * found.size
    return PairSummary(
        found.size, won, lost, binary, mean=found.mean, squares=found.squares, unmatched=unmatched
    )


def _kept(many: tuple[ManyCases, ManyCases], unmatched: int) -> Pairs:
    found = zip(*matched(*many), strict=True)
    keys, new, before, clusters = (np.concatenate(some) for some in found)
    return Pairs(new, before, np.where(clusters == 0, keys, clusters), unmatched)
