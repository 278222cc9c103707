"""The same cases in two runs, beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from array import array

    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
Keys: TypeAlias = "NDArray[np.uint64]"

_MANY = 20_000
"""Of so many cases the order does not matter any more, as it does to what a bootstrap draws."""


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
        return all(bool(((one == 0.0) | (one == 1.0)).all()) for one in (self.new, self.before))


def cases_of(keys: array[int], values: array[float], clusters: array[int] | None = None) -> Cases:
    """The cases of samples, which may repeat; those without a value are left out."""
    every, found = np.frombuffer(keys, dtype=np.uint64), np.frombuffer(values, dtype=np.float64)
    named = None if clusters is None else np.frombuffer(clusters, dtype=np.uint64)
    there = ~np.isnan(found)
    if not there.all():
        every, found = every[there], found[there]
        named = None if named is None else named[there]
    if _repeats(every):
        every, first, inverse = np.unique(every, return_index=True, return_inverse=True)
        found = np.bincount(inverse, weights=found) / np.bincount(inverse)
        named = None if named is None else named[first]
    # A case that is in no cluster is one of its own.
    return Cases(every, found, None if named is None else np.where(named == 0, every, named))


def _repeats(keys: Keys) -> bool:
    """Whether a key is there twice: sorting is a fraction of what it takes to put them together."""
    ordered = np.sort(keys)
    return bool((ordered[1:] == ordered[:-1]).any())


def paired(new: Cases, before: Cases) -> Pairs:
    """The cases that both have."""
    if new.size > _MANY and np.array_equal(new.keys, before.keys):
        clusters = new.clusters if new.clusters is not None else before.clusters
        return Pairs(new.values, before.values, clusters)
    _common, ours, theirs = np.intersect1d(
        new.keys, before.keys, assume_unique=True, return_indices=True
    )
    clusters = new.clusters if new.clusters is not None else before.clusters
    chosen = ours if new.clusters is not None else theirs
    unmatched = new.size + before.size - 2 * int(ours.size)
    return Pairs(
        new.values[ours],
        before.values[theirs],
        None if clusters is None else clusters[chosen],
        unmatched,
    )
