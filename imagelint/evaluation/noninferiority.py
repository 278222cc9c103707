"""Whether a dimension is not worse than before by more than a tolerance.

Two errors are held, each by the level over two: *clears* although the dimension is worse by the
tolerance or more, for each dimension, since a pass needs that all of them clear; and *fails*
although none is, for all of them together, by Holm's correction. What is neither is *cannot tell*.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING

from scipy import special

from imagelint.core.record import NamedTuple
from imagelint.documents.evaluation.report import Answer, Comparison
from imagelint.evaluation.intervals import Estimate, binary, many, scores, unpaired
from imagelint.evaluation.pairing import PairSummary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imagelint.evaluation.pairing import AnyCases, Pairs

POWER = 0.8
"""How often a suite should see what it is meant to see."""
MOST_NEEDED = 10_000_000


class Compared(NamedTuple):
    """An estimate about a dimension, before it is corrected for the others.

    `left_out` is how many cases of the previous tag the new one has not.
    """

    estimate: Estimate
    baseline: float
    tolerance: float
    pairs: int
    notes: tuple[str, ...] = ()
    left_out: int = 0


def compare_pairs(pairs: Pairs | PairSummary, tolerance: float, level: float) -> Estimate:
    """The estimate for cases that both runs have; higher values are better."""
    whole = pairs if isinstance(pairs, PairSummary) else pairs.summary
    if whole.binary and pairs.clusters is None:
        return binary(whole, tolerance, level)
    if isinstance(pairs, PairSummary):
        return many(pairs, tolerance, level)
    return scores(pairs, tolerance, level)


def compare_apart(new: AnyCases, before: AnyCases, tolerance: float, level: float) -> Estimate:
    """The estimate for runs that share no cases."""
    means = [(one.mean, one.spread(1) / sqrt(one.size)) for one in (new, before)]
    return unpaired(means[0], means[1], tolerance, level)


def answers(compared: Sequence[Compared], level: float) -> tuple[Comparison, ...]:
    """The answers for all dimensions together."""
    corrected = holm([one.estimate.p_value for one in compared])
    return tuple(
        _answered(one, p_value, level) for one, p_value in zip(compared, corrected, strict=True)
    )


def _answered(one: Compared, p_value: float, level: float) -> Comparison:
    estimate = one.estimate
    if estimate.low > -one.tolerance:
        answer = Answer.CLEARS
    elif p_value <= level / 2 and estimate.high < -one.tolerance:
        answer = Answer.FAILS
    else:
        answer = Answer.CANNOT_TELL
    unknown = answer is Answer.CANNOT_TELL
    return Comparison(
        answer,
        one.baseline,
        estimate.difference,
        low=estimate.low,
        high=estimate.high,
        p_value=p_value,
        method=estimate.method,
        pairs=one.pairs,
        needed=cases_needed(estimate, one.tolerance, level, one.pairs) if unknown else None,
        notes=one.notes,
    )


def holm(p_values: Iterable[float]) -> tuple[float, ...]:
    """The same with Holm's step-down correction, in their order."""
    values = list(p_values)
    order = sorted(range(len(values)), key=values.__getitem__)
    corrected = [0.0] * len(values)
    reached = 0.0
    for step, at in enumerate(order):
        reached = max(reached, min(1.0, values[at] * (len(values) - step)))
        corrected[at] = reached
    return tuple(corrected)


def cases_needed(estimate: Estimate, tolerance: float, level: float, size: int) -> int | None:
    """How many cases would tell with a power of 0.8, if what was seen is so.

    None where no number would: the difference is the tolerance itself.
    """
    distance = abs(estimate.difference + tolerance)
    reach = float(special.ndtri(POWER) - special.ndtri(level / 2))
    # Where no case differs, the interval shrinks with the number of cases, not with its root.
    if not estimate.deviation:
        return ceil(reach**2 * (1 - distance) / distance) if distance else None
    wanted = (reach * estimate.deviation / distance) ** 2 if distance else MOST_NEEDED
    return max(ceil(wanted), size + 1) if wanted < MOST_NEEDED else None


def detectable(deviation: float, size: int, level: float, dimensions: int) -> float:
    """The smallest fall below the tolerance that is seen with a power of 0.8."""
    reach = float(special.ndtri(POWER) - special.ndtri(level / 2 / max(dimensions, 1)))
    return reach * deviation / sqrt(size)


def clearable(deviation: float, size: int, level: float) -> float:
    """The smallest tolerance that a dimension clears with a power of 0.8 if nothing changed."""
    reach = float(special.ndtri(POWER) - special.ndtri(level / 2))
    return reach * deviation / sqrt(size)
