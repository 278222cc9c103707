"""What stands in a plan of an evaluation, as rules see it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.core.reference import ImageReference
    from imagelint.core.source import Span


PLAN = "evaluation-plan"
"""The kind of documents that are plans."""


class ServingSetting(NamedTuple):
    """A setting with which the server ran while it was evaluated."""

    span: Span
    name: str
    value: str
    path: str = ""


class EvaluatedImage(NamedTuple):
    """The image that was evaluated, with the model that it served and what it was told.

    `model` is empty where nobody says; the settings are those of `serving`, `revision` and
    `quantization`.
    """

    span: Span
    reference: ImageReference
    model: str = ""
    settings: tuple[ServingSetting, ...] = ()
    path: str = ""


def evaluations_of(repository: str) -> tuple[str, str]:
    """The key under which the images of a repository stand that were evaluated."""
    return ("evaluated", repository)


class Scale(Enum):
    """What the values of a metric are."""

    FRACTION = "fraction"  # 0 to 1
    PERCENT = "percent"  # 0 to 100
    ANY = "any"

    @property
    def most(self) -> float | None:
        """The largest value; None where there is none."""
        return {Scale.FRACTION: 1.0, Scale.PERCENT: 100.0}.get(self)


class DatasetBinding(NamedTuple):
    """On which questions results rest; `file` is relative to the plan. Empty: nothing is said."""

    span: Span
    name: str
    sha256: str
    revision: str
    file: str
    path: str = ""


class Calibration(NamedTuple):
    """How a judge compares with people, on `cases` answers that both have judged.

    `matrix` counts its true positives, false positives, false negatives and true negatives, where
    all four are said. `agreement` is the part of the answers on which both agree, `kappa` Cohen's.
    """

    date: str = ""
    cases: float | None = None
    agreement: float | None = None
    kappa: float | None = None
    matrix: tuple[float, ...] = ()


class JudgeBinding(NamedTuple):
    """A model that judges the answers of another, for the dimensions `used_by` (by name)."""

    span: Span
    model: str
    version: str
    calibration: Calibration
    used_by: tuple[str, ...]
    path: str = ""


class DimensionPlan(NamedTuple):
    """A dimension of quality: the metric that measures it, and what it must be.

    `tolerance` is by how much it may be worse than that of the previous tag, `minimum` how many
    cases it needs. Whether higher values are better is `stated_direction`, or the results say so.
    """

    span: Span
    name: str
    metric: str
    higher_is_better: bool
    threshold: float | None
    tolerance: float | None
    minimum: int
    scale: Scale
    judged: bool
    path: str = ""
    stated_direction: bool = False


class DimensionSet(NamedTuple):
    """The names of all dimensions that have a threshold."""

    span: Span
    names: tuple[str, ...]
    path: str = ""
