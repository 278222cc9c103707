"""The same cases in two runs, beside each other.

Of many cases there may be millions: nothing here makes another list as long as theirs, since files
of some gigabytes are judged in less than 200 MB. What takes one goes part by part.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
Keys: TypeAlias = "NDArray[np.uint64]"
Numbers: TypeAlias = "NDArray[np.float64] | NDArray[np.uint8]"
Places: TypeAlias = "slice | NDArray[np.intp]"

_MANY = 20_000
"""Of so many cases the order does not matter any more, as it does to what a bootstrap draws."""
_BLOCK = 1 << 18
_SHARES = 32
"""Keys are digests: those whose first bytes agree in five bits are a part as large as any."""


class Cases(NamedTuple):
    """One value a case, the mean of its repetitions; each key is there once.

    `clusters` are the keys of the clusters; none where nothing names any. Where there are few
    different values `values` are the places of them in `known`, a byte each.
    """

    keys: Keys
    values: Numbers
    clusters: Keys | None = None
    known: Floats | None = None

    @property
    def size(self) -> int:
        """How many cases there are."""
        return int(self.keys.size)

    def told(self, which: Places = slice(None)) -> Floats:
        """The values of some cases, or of all."""
        chosen = self.values[which]
        return cast("Floats", chosen) if self.known is None else self.known[chosen]

    def changed(self, change: Callable[[Floats], Floats]) -> Cases:
        """The same with other values."""
        if self.known is None:
            return self._replace(values=change(self.told()))
        return self._replace(known=change(self.known))

    @property
    def mean(self) -> float:
        """The mean of all values."""
        return float(self.told().mean()) if self.size <= _MANY else self._moments().mean

    def spread(self, less: int = 0) -> float:
        """The standard deviation, of which the divisor is the number of cases less so many."""
        if self.size <= _MANY:
            return float(self.told().std(ddof=less))
        return sqrt(self._moments().squares / (self.size - less))

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        every = self.told() if self.size <= _MANY else self._ends()
        return float(every.min()), float(every.max())

    def _blocks(self) -> Iterator[Floats]:
        return (self.told(part) for part in _slices(self.size))

    def _ends(self) -> Floats:
        return np.array([end for block in self._blocks() for end in (block.min(), block.max())])

    def _moments(self) -> _Moments:
        found = _Moments()
        for block in self._blocks():
            found = found.joined(block)
        return found


class _Moments(NamedTuple):
    """How many numbers there are, their mean, and the sum of the squares of what they differ by."""

    size: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def joined(self, block: Floats) -> _Moments:
        """With some more of them; source: Chan, Golub, LeVeque, COMPSTAT 1982, 30-41."""
        if not block.size:
            return self
        mean = float(block.mean())
        size, apart = self.size + block.size, mean - self.mean
        squares = float(((block - mean) ** 2).sum())
        return _Moments(
            size,
            self.mean + apart * block.size / size,
            self.squares + squares + apart**2 * self.size * block.size / size,
        )


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
    from it; `binary` says that all values are 0 and 1.
    """

    size: int
    won: int
    lost: int
    binary: bool
    mean: float
    squares: float
    unmatched: int = 0


def cases_of(
    keys: array[int],
    values: array[float] | bytearray,
    clusters: array[int] | None = None,
    known: tuple[float, ...] = (),
) -> Cases:
    """The cases of samples, which may repeat; those without a value are left out.

    With `known`, the values are the places of them there.
    """
    numbers: Numbers
    if known:
        numbers = np.frombuffer(values, dtype=np.uint8)
    else:
        numbers = np.frombuffer(values, dtype=np.float64)
    named = None if clusters is None else np.frombuffer(clusters, dtype=np.uint64)
    numbered = np.array(known) if known else None
    every = Cases(np.frombuffer(keys, dtype=np.uint64), numbers, named, numbered)
    there = ~np.isnan(numbers) if numbered is None else ~np.isnan(numbered)[numbers]
    if not there.all():
        named = None if named is None else named[there]
        every = Cases(every.keys[there], numbers[there], named, numbered)
    parts = [slice(None)] if every.size <= _MANY else list(range(_SHARES))
    if any(_repeats(every.keys[_part(every.keys, part)]) for part in parts):
        every = _together([_once(every, _part(every.keys, part)) for part in parts])
    if every.clusters is None:
        return every
    # A case that is in no cluster is one of its own.
    return every._replace(clusters=np.where(every.clusters == 0, every.keys, every.clusters))


def _part(keys: Keys, part: slice | int) -> Places:
    """Where the keys of a part lie; a slice is a part of its own."""
    return part if isinstance(part, slice) else _share(keys, part)


def _share(keys: Keys, number: int) -> NDArray[np.intp]:
    return np.flatnonzero(keys.view(np.uint8)[::8] % _SHARES == number)


def _slices(size: int) -> Iterator[slice]:
    return (slice(start, start + _BLOCK) for start in range(0, size, _BLOCK))


def _repeats(keys: Keys) -> bool:
    """Whether a key is there twice: sorting is a fraction of what it takes to put them together."""
    ordered = np.sort(keys)
    return bool((ordered[1:] == ordered[:-1]).any())


def _once(cases: Cases, which: Places) -> Cases:
    """Some cases, each once: the mean of its repetitions, and the cluster that it names first."""
    every, first, inverse = np.unique(cases.keys[which], return_index=True, return_inverse=True)
    found = np.bincount(inverse, weights=cases.told(which)) / np.bincount(inverse)
    return Cases(every, found, None if cases.clusters is None else cases.clusters[which][first])


def _together(parts: list[Cases]) -> Cases:
    named = [one.clusters for one in parts if one.clusters is not None]
    return Cases(
        np.concatenate([one.keys for one in parts]),
        np.concatenate([one.values for one in parts]),
        np.concatenate(named) if named else None,
    )


def _binary(values: Floats) -> bool:
    return bool(((values == 0.0) | (values == 1.0)).all())


def paired(new: Cases, before: Cases) -> Pairs | PairSummary:
    """The cases that both have; what came of them where nothing else matters of so many."""
    clusters = new.clusters if new.clusters is not None else before.clusters
    if new.size > _MANY and np.array_equal(new.keys, before.keys):
        if clusters is None:
            return _summed(new, before)
        return Pairs(new.told(), before.told(), clusters)
    if clusters is None and min(new.size, before.size) > _MANY:
        found = _summed(new, before)
        if found.size > _MANY:
            return found
    _common, ours, theirs = np.intersect1d(
        new.keys, before.keys, assume_unique=True, return_indices=True
    )
    chosen = ours if new.clusters is not None else theirs
    unmatched = new.size + before.size - 2 * int(ours.size)
    return Pairs(
        new.told(ours),
        before.told(theirs),
        None if clusters is None else clusters[chosen],
        unmatched,
    )


def _summed(new: Cases, before: Cases) -> PairSummary:
    won = lost = 0
    binary = True
    found = _Moments()
    for ours, theirs in _beside(new, before):
        moved = ours - theirs
        won += int(np.count_nonzero(moved > 0))
        lost += int(np.count_nonzero(moved < 0))
        binary = binary and _binary(ours) and _binary(theirs)
        found = found.joined(moved)
    unmatched = new.size + before.size - 2 * found.size
    return PairSummary(
        found.size, won, lost, binary, mean=found.mean, squares=found.squares, unmatched=unmatched
    )


def _beside(new: Cases, before: Cases) -> Iterator[tuple[Floats, Floats]]:
    """The values of the cases that both have, part by part."""
    if np.array_equal(new.keys, before.keys):
        yield from ((new.told(part), before.told(part)) for part in _slices(new.size))
        return
    for part in range(_SHARES):
        ours, theirs = _share(new.keys, part), _share(before.keys, part)
        _common, at, there = np.intersect1d(
            new.keys[ours], before.keys[theirs], assume_unique=True, return_indices=True
        )
        yield new.told(ours[at]), before.told(theirs[there])
