"""A judge is a classifier with errors of its own: what it says is not what is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.documents.evaluation.planned import Calibration


class JudgeRates(NamedTuple):
    """How often a judge passes what people pass, and what people do not pass."""

    true_positive: float
    false_positive: float

    @property
    def informative(self) -> bool:
        """Whether it tells good from bad at all."""
        return self.true_positive > self.false_positive

    @property
    def slope(self) -> float:
        """By how much what it says moves when what is so moves by 1."""
        return self.true_positive - self.false_positive


def rates(calibration: Calibration) -> JudgeRates | None:
    """The rates of a confusion matrix; None where it has none, or none of one kind."""
    if len(calibration.matrix) != 4:  # noqa: PLR2004 - the cells of the matrix
        return None
    hits, alarms, misses, rejections = calibration.matrix
    if not hits + misses or not alarms + rejections:
        return None
    return JudgeRates(hits / (hits + misses), alarms / (alarms + rejections))


def kappa(matrix: tuple[float, ...]) -> float | None:
    """Cohen's kappa of a confusion matrix; None where chance alone explains all."""
    if len(matrix) != 4 or not sum(matrix):  # noqa: PLR2004 - the cells of the matrix
        return None
    hits, alarms, misses, rejections = matrix
    total = sum(matrix)
    agreed = (hits + rejections) / total
    chance = (
        (hits + alarms) * (hits + misses) + (misses + rejections) * (alarms + rejections)
    ) / total**2
    return (agreed - chance) / (1 - chance) if chance < 1 else None


def corrected(raw: float, judge: JudgeRates) -> float:
    """The rate that a judge's rate stands for.

    Source: W. Rogan, B. Gladen, American Journal of Epidemiology 107 (1978), 71-76.
    """
    return min(max((raw - judge.false_positive) / judge.slope, 0.0), 1.0)
