"""More cases than any test draws from: what came of them, without a list as long as theirs.

Files of some gigabytes hold millions of samples, and are judged in less than 200 MB. What is asked
of all cases is asked of them share by share: keys are digests, and those whose first bytes agree in
five bits are a part as large as any other.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from imagelint.core.record import NamedTuple
from imagelint.evaluation.moments import Moments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
Keys: TypeAlias = "NDArray[np.uint64]"
Numbers: TypeAlias = "NDArray[np.float64] | NDArray[np.uint8] | NDArray[np.uint16]"

MANY = 20_000
"""Of so many cases the order does not matter any more, as it does to what a bootstrap draws."""
_SHARES = 32
_BLOCK = 1 << 18


class Part(NamedTuple):
    """The samples of a metric in one file: NaN where one has no value.

    With `known`, the values are places there. `clusters` is None where the file names none, and 0
    where a sample is in none.
    """

    keys: Keys
    values: Numbers
    clusters: Keys | None = None
    known: Floats | None = None
    numbers: NDArray[np.uint8] | None = None

    def numbered(self) -> Part:
        """The same with the number of the share of each sample: looked up, not told each time."""
        return self._replace(numbers=self.keys.view(np.uint8)[::8] % np.uint8(_SHARES))

    def some(self, which: NDArray[np.intp] | slice) -> tuple[Keys, Floats, Keys]:
        """Some of them that have a value: keys, values, and the clusters or 0."""
        chosen = self.values[which]
        values = cast("Floats", chosen) if self.known is None else self.known[chosen]
        keys = self.keys[which]
        clusters = np.zeros_like(keys) if self.clusters is None else self.clusters[which]
        there = ~np.isnan(values)
        return (
            (keys, values, clusters)
            if there.all()
            else (keys[there], values[there], clusters[there])
        )


class Share(NamedTuple):
    """Some cases, each once: the mean of its repetitions, and the cluster that it names first."""

    keys: Keys
    values: Floats
    clusters: Keys


class ManyCases(NamedTuple):
    """Cases in the files that hold them; `change` is what is made of the mean of each.

    `clustered` tells whether any file names clusters.
    """

    parts: tuple[Part, ...]
    clustered: bool
    whole: Moments
    change: Callable[[Floats], Floats] | None = None

    @property
    def size(self) -> int:
        """How many cases there are."""
        return self.whole.size

    @property
    def mean(self) -> float:
        """The mean of all values."""
        return self.whole.mean

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        return self.whole.low, self.whole.high

    def spread(self, less: int = 0) -> float:
        """The standard deviation, of which the divisor is the number of cases less so many."""
        return sqrt(self.whole.squares / (self.size - less))

    def changed(self, change: Callable[[Floats], Floats]) -> ManyCases:
        """The same with other values, which depend on these linearly."""
        low, high, mean, nothing, one = change(
            np.array([self.whole.low, self.whole.high, self.whole.mean, 0.0, 1.0])
        ).tolist()
        squares = self.whole.squares * (one - nothing) ** 2
        whole = Moments(self.size, mean, squares, min(low, high), max(low, high))
        return self._replace(whole=whole, change=change)

    def share(self, number: int) -> Share:
        """One of the shares, ordered by key."""
        found = [part.some(np.flatnonzero(part.numbers == number)) for part in self.parts]
        keys, values, clusters = (np.concatenate(some) for some in zip(*found, strict=True))
        once = _once(keys, values, clusters)
        return once if self.change is None else once._replace(values=self.change(once.values))


def many_cases(parts: Iterable[Part]) -> ManyCases:
    """The cases of these samples, which may repeat, also in several files."""
    held = tuple(part.numbered() for part in parts)
    clustered = any(part.clusters is not None for part in held)
    found = ManyCases(held, clustered, Moments())
    whole = Moments()
    for share in shares(found):
        whole = whole.joined(share.values)
    return found._replace(whole=whole)


def shares(cases: ManyCases) -> Iterator[Share]:
    """All cases, share by share."""
    return map(cases.share, range(_SHARES))


def once(parts: Iterable[Part]) -> Share:
    """All cases of these samples, ordered by key."""
    found = [part.some(slice(None)) for part in parts]
    return _once(*(np.concatenate(some) for some in zip(*found, strict=True)))


def _once(keys: Keys, values: Floats, clusters: Keys) -> Share:
    order = np.argsort(keys)
    ordered = keys[order]
    new = np.ones(ordered.size, dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    if new.all():
        return Share(ordered, values[order], clusters[order])
    begins = np.flatnonzero(new)
    inverse = np.cumsum(new) - 1
    means = np.bincount(inverse, weights=values[order]) / np.bincount(inverse)
    return Share(ordered[begins], means, clusters[np.minimum.reduceat(order, begins)])


class Matched(NamedTuple):
    """The cases of a share that both runs have, by their keys; the cluster 0 is none."""

    keys: Keys
    new: Floats
    before: Floats
    clusters: Keys


def matched(new: ManyCases, before: ManyCases) -> Iterator[Matched]:
    """The cases that both have, share by share."""
    for ours, theirs in zip(shares(new), shares(before), strict=True):
        there = np.searchsorted(theirs.keys, ours.keys)
        at = np.flatnonzero(there < theirs.keys.size)
        at = at[theirs.keys[there[at]] == ours.keys[at]]
        there = there[at]
        named = ours.clusters[at] if new.clustered else theirs.clusters[there]
        yield Matched(ours.keys[at], ours.values[at], theirs.values[there], named)


class ClusterSums(NamedTuple):
    """How many clusters there are, and what the sums of their differences are beyond their sizes.

    `squares` is the sum of the squares of that. `sums` and `sizes` are those of each cluster, and
    empty of more than are drawn from. A case that is in no cluster is one of its own.
    """

    number: int
    squares: float
    sums: Floats
    sizes: Floats


def cluster_sums(new: ManyCases, before: ManyCases, mean: float) -> ClusterSums:
    """The clusters of the cases that both have, whose differences have that mean."""
    names = _names(new if new.clustered else before)
    sums, sizes = np.zeros(names.size), np.zeros(names.size)
    alone: list[Floats] = []
    number, squares = 0, 0.0
    for share in matched(new, before):
        moved = share.new - share.before
        named = share.clusters != 0
        at = np.searchsorted(names, share.clusters[named])
        sums += np.bincount(at, weights=moved[named], minlength=names.size)
        sizes += np.bincount(at, minlength=names.size)
        single = moved[~named]
        number += single.size
        squares += float(((single - mean) ** 2).sum())
        alone = [*alone, single] if number <= MANY else []
    met = sizes > 0
    number += int(np.count_nonzero(met))
    sums -= mean * sizes
    squares += float((sums**2).sum())
    if number > MANY:
        return ClusterSums(number, squares, np.empty(0), np.empty(0))
    sums += mean * sizes
    singles = np.concatenate(alone)
    return ClusterSums(
        number,
        squares,
        np.concatenate([sums[met], singles]),
        np.concatenate([sizes[met], np.ones_like(singles)]),
    )


def _names(cases: ManyCases) -> Keys:
    """The keys of all clusters, in order."""
    found = np.empty(0, dtype=np.uint64)
    for part in cases.parts:
        if part.clusters is not None:
            for start in range(0, part.clusters.size, _BLOCK):
                found = _distinct(found, part.clusters[start : start + _BLOCK])
    return found


def _distinct(names: Keys, more: Keys) -> Keys:
    """All of them once, in order: most of a block are soon known, and many stand side by side."""
    begins = np.ones(more.size, dtype=np.bool_)
    np.not_equal(more[1:], more[:-1], out=begins[1:])
    every = np.concatenate([names, more[begins]])
    every.sort()
    begins = np.ones(every.size, dtype=np.bool_)
    np.not_equal(every[1:], every[:-1], out=begins[1:])
    return every[begins]
