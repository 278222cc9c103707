"""What policies of the examined tree bring and may not, as problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Location
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.source import Position

if TYPE_CHECKING:
    from imagelint.policy.trust.withheld import Refusal


def problem(refusal: Refusal) -> Problem:
    """The problem that a refusal is: what is refused was not judged."""
    origin, _, line = refusal.at.rpartition(":")
    at = Position(int(line), 1)
    return Problem(
        ProblemKind.REFUSED,
        origin,
        refusal.said,
        refusal.help,
        Location(origin, start=at, end=at),
    )
