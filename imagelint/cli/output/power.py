"""`imagelint evaluate --power`: what a suite can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.cli.output.streams import say
from imagelint.core.report import ExitCode
from imagelint.run.evaluating.evaluation import EvaluationInputs, read_inputs
from imagelint.run.evaluating.power import power_lines

if TYPE_CHECKING:
    from imagelint.run.evaluating.evaluation import EvaluationRequest


def power_of(request: EvaluationRequest) -> int:
    """Say what a suite can see, a line a dimension."""
    inputs = read_inputs(request)
    if not isinstance(inputs, EvaluationInputs):
        for problem in inputs:
            say(f"{problem.origin}: {problem.detail}\n")
        return ExitCode.INCOMPLETE
    for line in power_lines(inputs):
        say(f"{line}\n")
    return ExitCode.PASS
