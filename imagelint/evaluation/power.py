"""What a suite can see: planned, not measured."""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.evaluation.judges import rates
from imagelint.evaluation.lookup import measured
from imagelint.evaluation.noninferiority import clearable, compare_pairs, detectable
from imagelint.evaluation.pairing import paired

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.documents.evaluation.plan import EvaluationPlan
    from imagelint.documents.evaluation.planned import DimensionPlan
    from imagelint.documents.evaluation.results import ResultFile
    from imagelint.evaluation.lookup import Measured

CORRELATION = 0.5
"""That of the same case in two runs, where there is no second one: ours, to be careful."""


class Power(NamedTuple):
    """What a dimension can see, in the unit of its metric.

    `detectable` is the smallest fall below the tolerance that is seen with a power of 0.8,
    `clearable` the smallest tolerance that is cleared with it if nothing changed, `needed` the
    number of cases for the tolerance of the plan. `ground` tells what that rests upon.
    """

    name: str
    cases: int
    detectable: float
    clearable: float
    tolerance: float | None
    needed: int | None
    ground: str


def powers(
    plan: EvaluationPlan, files: Sequence[ResultFile], before: Sequence[ResultFile]
) -> Iterator[Power | str]:
    """What each dimension can see, or why that cannot be told."""
    compared = sum(one.tolerance is not None for one in plan.dimensions)
    for one in plan.dimensions:
        found = measured(one.metric, files)
        if isinstance(found, str):
            yield f"{one.name}: `{one.metric}` {found}"
            continue
        old = measured(one.metric, before) if before else ""
        deviation, ground = _deviation(found, None if isinstance(old, str) else old)
        if deviation is None or not found.size:
            yield f"{one.name}: without samples nothing is known of how much its values vary"
            continue
        judge = rates(plan.judge.calibration) if plan.judge and one.judged else None
        if judge is not None and judge.informative:
            deviation /= judge.slope  # it sees only a part of any change
        yield _power(one, found.size, deviation, plan.level, compared)._replace(ground=ground)


def _power(one: DimensionPlan, size: int, deviation: float, level: float, compared: int) -> Power:
    clear = clearable(deviation, size, level)
    needed = ceil(size * (clear / one.tolerance) ** 2) if one.tolerance else None
    fall = detectable(deviation, size, level, compared)
    return Power(
        one.name, size, fall, clearable=clear, tolerance=one.tolerance, needed=needed, ground=""
    )


def _deviation(found: Measured, before: Measured | None) -> tuple[float | None, str]:
    """The standard deviation of the difference of a case, and what it rests upon."""
    if found.cases is None:
        return None, ""
    if before is not None and before.cases is not None:
        pairs = paired(found.cases, before.cases)
        if pairs.size > 1:
            return compare_pairs(pairs, 0.0, 0.05).deviation, "by the differences of both runs"
    spread = found.cases.spread()
    ground = f"if the same case correlates by {CORRELATION:g} between two runs"
    return spread * sqrt(2 * (1 - CORRELATION)), ground
