"""Estimates of a difference: its interval, and how likely it is that it lies below a margin."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy import special

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.evaluation.pairing import Floats, Pairs, PairSummary

Resample: TypeAlias = "Callable[[Floats, Floats], Floats]"
"""From the sums and the sizes of cases or clusters to the means of what is drawn from them."""

RESAMPLES = 9999
SEED = 20_240_229
"""Of every bootstrap: the same files give the same answer."""
MOST_RESAMPLED = 20_000
"""Cases or clusters; of more the mean is normal to four digits, and resampling takes minutes."""
FEWEST_RESAMPLED = 40
"""Of fewer a bootstrap is too sure; Student's t is not."""
_BATCH = 2_000_000
_EDGE = 1e-12
_HALVINGS = 60
_DIGITS = 11
"""Of a bound: where no difference is beyond the score, it is 1 or -1."""


class Estimate(NamedTuple):
    """A difference with its interval; `p_value` is that of "it is not below the margin".

    `deviation` is that of the difference of one case, for planning.
    """

    difference: float
    low: float
    high: float
    p_value: float
    deviation: float
    method: str


def binary(pairs: PairSummary, margin: float, level: float) -> Estimate:
    """Of passes and failures: Tango's score interval, and the exact test of McNemar.

    The difference counts as below the margin only where it is surely below 0 as well, by the exact
    test: at a margin of 0 that is the exact test alone. Source: T. Tango, Statistics in Medicine 17
    (1998), 891-908; SciPy has intervals for independent proportions only.
    """
    won, lost, size = pairs.won, pairs.lost, pairs.size
    wanted = -float(special.ndtri(level / 2))

    # SciPy's `brentq` and `binomtest` find the same, and take half a second and 40 MB to import.
    def beyond(score: float) -> float:
        """The difference at which the score is that: it falls from one end to the other."""
        low, high = _EDGE - 1, 1 - _EDGE
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if _score(won, lost, size, middle) > score else (low, middle)
        return round((low + high) / 2, _DIGITS)

    exact = float(special.bdtr(won, won + lost, 0.5)) if won + lost else 1.0
    asymptotic = float(special.ndtr(_score(won, lost, size, max(-margin, _EDGE - 1))))
    return Estimate(
        (won - lost) / size,
        beyond(wanted),
        beyond(-wanted),
        max(exact, asymptotic if margin else 0.0),
        sqrt(pairs.squares / size),
        "exact McNemar test, Tango's interval",
    )


def _score(won: int, lost: int, size: int, delta: float) -> float:
    """How many standard errors the observed difference lies above a supposed one."""
    factor = -won - lost + (2 * size - won + lost) * delta
    root = sqrt(max(factor**2 + 8 * size * lost * delta * (1 - delta), 0.0))
    likely = (root - factor) / (4 * size)
    variance = size * (2 * likely + delta * (1 - delta))
    return (won - lost - size * delta) / sqrt(max(variance, _EDGE))


def resampled(sums: Floats, sizes: Floats) -> Floats:
    """The means of as many cases or clusters, drawn again and again, always the same ones."""
    from scipy import stats

    return np.asarray(
        stats.bootstrap(
            (sums, sizes),
            _ratio,
            paired=True,
            n_resamples=RESAMPLES,
            batch=max(1, _BATCH // sums.size),
            method="percentile",
            rng=np.random.default_rng(SEED),
        ).bootstrap_distribution
    )


class Units(NamedTuple):
    """What is drawn: the sums of the differences and the sizes, of each case or cluster.

    `cases` is how many cases they are, `unit` what one is called.
    """

    sums: Floats
    sizes: Floats
    cases: int
    unit: str


def scores(pairs: Pairs, margin: float, level: float, resample: Resample = resampled) -> Estimate:
    """Of scores: a paired bootstrap, of whole clusters where there are any."""
    return units(_units(pairs), margin, level, resample)


def units(drawn: Units, margin: float, level: float, resample: Resample = resampled) -> Estimate:
    """Of the sums of differences, and the sizes, of cases or clusters."""
    sums, sizes, cases, unit = drawn
    difference = float(sums.sum() / sizes.sum())
    squares = float(((sums - difference * sizes) ** 2).sum())
    student = _spread(_Spread(difference, squares, sums.size, cases, unit), margin, level)
    count = sums.size
    if count < FEWEST_RESAMPLED or count > MOST_RESAMPLED or not student.deviation:
        return student
    found = resample(sums, sizes)
    left = (sums.sum() - sums) / (sizes.sum() - sizes)
    told = _accelerated(difference, found, left, margin, level)
    # A bootstrap of a hundred clusters is too sure, the more so far out in its tails: alone it
    # raised a false alarm in 5.25 % of 2,000 draws, and cleared in 3.2 % of 10,000 what is worse by
    # the tolerance. Both have to agree.
    return Estimate(
        difference,
        min(told.low, student.low),
        max(told.high, student.high),
        max(told.p_value, student.p_value),
        student.deviation,
        f"paired bootstrap (BCa) and t-test over {count:,} {unit}",
    )


class _Spread(NamedTuple):
    """The mean of differences, and the sum of the squares of what so many units are beyond it."""

    difference: float
    squares: float
    number: int
    cases: int
    unit: str


def _spread(told: _Spread, margin: float, level: float) -> Estimate:
    """By Student's t."""
    count = told.number
    spread = sqrt(told.squares * count / max(count - 1, 1))
    spread = spread if spread > _EDGE * count else 0.0
    error = spread / told.cases
    student = _student(told.difference, error, count - 1, margin, level)
    # Of one case: that of the mean times the root of their number, whatever clusters make of it.
    return student._replace(
        deviation=error * sqrt(told.cases), method=f"paired t-test over {count:,} {told.unit}"
    )


def many(pairs: PairSummary, margin: float, level: float) -> Estimate:
    """Of scores of more cases than are resampled."""
    named = pairs.clusters
    if named is None:
        told = _Spread(pairs.mean, pairs.squares, pairs.size, pairs.size, "cases")
        return _spread(told, margin, level)
    if named.sums.size:
        return units(Units(named.sums, named.sizes, pairs.size, "clusters"), margin, level)
    told = _Spread(pairs.mean, named.squares, named.number, pairs.size, "clusters")
    return _spread(told, margin, level)


def _ratio(sums: Floats, sizes: Floats, axis: int) -> Floats:
    quotient: Floats = np.sum(sums, axis=axis) / np.sum(sizes, axis=axis)
    return quotient


def _units(pairs: Pairs) -> Units:
    """What is drawn: the differences of cases, or their sums and numbers by cluster."""
    differences = pairs.differences
    if pairs.clusters is None:
        return Units(differences, np.ones_like(differences), pairs.size, "cases")
    _keys, inverse = np.unique(pairs.clusters, return_inverse=True)
    sums = np.bincount(inverse, weights=differences).astype(np.float64)
    return Units(sums, np.bincount(inverse).astype(np.float64), pairs.size, "clusters")


def _student(
    difference: float, error: float, freedom: float, margin: float, level: float
) -> Estimate:
    if freedom + 1 < FEWEST_RESAMPLED and not error:
        # A few cases that moved alike, or one alone, do not say how much the others vary.
        return Estimate(difference, -np.inf, np.inf, 1.0, 0.0, "")
    if not error:
        below = 0.0 if difference < -margin else 1.0
        return Estimate(difference, difference, difference, below, 0.0, "")
    reach = -error * float(special.stdtrit(freedom, level / 2)) if freedom > 0 else np.inf
    below = float(special.stdtr(freedom, (difference + margin) / error)) if freedom > 0 else 1.0
    return Estimate(difference, difference - reach, difference + reach, below, 0.0, "")


def _accelerated(
    difference: float, found: Floats, left: Floats, margin: float, level: float
) -> Estimate:
    """Bias-corrected and accelerated, both ways: the interval, and the level at a margin.

    Source: B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), 14.3. SciPy's own
    interval takes the square of the number of cases in time, and knows no level at a margin.
    """
    centred = left.mean() - left
    power = float(np.sum(centred**2)) ** 1.5
    acceleration = float(np.sum(centred**3)) / (6 * power) if power > 0 else 0.0
    bias = float(special.ndtri(_share(found, difference)))

    shifted = bias + special.ndtri(np.array((level / 2, 1 - level / 2)))
    shares = special.ndtr(bias + shifted / np.maximum(1 - acceleration * shifted, _EDGE))
    low, high = map(float, np.quantile(found, shares))

    reached = float(special.ndtri(_share(found, -margin))) - bias
    below = 1 - float(special.ndtr(reached / max(1 + acceleration * reached, _EDGE) - bias))
    return Estimate(difference, low, high, below, 0.0, "")


def _share(found: Floats, limit: float) -> float:
    """The part of what was drawn that lies below a limit, never 0 nor 1."""
    below = float(np.count_nonzero(found < limit)) + float(np.count_nonzero(found == limit)) / 2
    return min(max(below / found.size, 1 / (found.size + 1)), found.size / (found.size + 1))


def unpaired(
    new: tuple[float, float], before: tuple[float, float], margin: float, level: float
) -> Estimate:
    """Of two means with their standard errors, which share no case."""
    error = sqrt(new[1] ** 2 + before[1] ** 2)
    estimate = _student(new[0] - before[0], error, np.inf, margin, level)
    return estimate._replace(method="unpaired, from means and standard errors")
