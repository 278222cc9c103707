"""What a suite can see, before anybody relies on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.run.evaluating.evaluation import EvaluationInputs


def power_lines(inputs: EvaluationInputs) -> Iterator[str]:
    """A line a dimension: its cases, the fall that is seen, the tolerance that can be cleared."""
    from imagelint.evaluation.power import powers

    plan = inputs.plan
    yield f"at a level of {plan.level:g} over {len(plan.dimensions)} dimensions, in 8 of 10 runs:"
    for one in powers(plan, inputs.new, inputs.old):
        if isinstance(one, str):
            yield one
            continue
        yield (
            f"{one.name}: {one.cases:,} cases ({one.ground}) see a fall of {one.detectable:.3g} "
            f"below the tolerance, and clear a tolerance of {one.clearable:.3g} if nothing changed"
        )
        if one.tolerance is not None and one.tolerance < one.clearable:
            needed = f"{one.needed:,}" if one.needed else "endless"
            yield f"  the tolerance is {one.tolerance:g}: for that it needs {needed} cases"
