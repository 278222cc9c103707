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


class Cases(NamedTuple):
    """One value a case, the mean of its repetitions, in the order of the keys of the cases.

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
        both = np.concatenate((self.new, self.before))
        return bool(np.isin(both, (0.0, 1.0)).all())


def cases_of(keys: array[int], values: array[float], clusters: array[int] | None = None) -> Cases:
    """The cases of samples, which may repeat; those without a value are left out."""
    found = np.frombuffer(values, dtype=np.float64)
    there = ~np.isnan(found)
    every = np.frombuffer(keys, dtype=np.uint64)[there]
    unique, first, inverse = np.unique(every, return_index=True, return_inverse=True)
    means = np.bincount(inverse, weights=found[there]) / np.bincount(inverse)
    named = None
    if clusters is not None:
        named = np.frombuffer(clusters, dtype=np.uint64)[there][first]
        # A case that is in no cluster is one of its own.
        named = np.where(named == 0, unique, named)
    return Cases(unique, means if unique.size else np.empty(0), named)


def paired(new: Cases, before: Cases) -> Pairs:
    """The cases that both have."""
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
