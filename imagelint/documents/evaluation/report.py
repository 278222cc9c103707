"""What came of an evaluation: an in-toto statement with a test-result predicate.

The text is JSON, made by `imagelint evaluate --attest`, see
https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md; what only we say
stands under `imagelint.dev/evaluation`, which others pass over. What was just judged is the same
document with its places in the plan.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from imagelint.core.record import NamedTuple
from imagelint.documents.base import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source, Span
    from imagelint.documents.base import DocumentError, Node


class Answer(Enum):
    """What a comparison with the previous tag says of a dimension."""

    CLEARS = "clears"  # it is not worse by more than the tolerance
    FAILS = "fails"  # it is worse by more than the tolerance
    CANNOT_TELL = "cannot tell"  # the interval holds the tolerance: there are too few cases
    NOT_COMPARED = "not compared"  # there is nothing to compare with


class Comparison(NamedTuple):
    """A dimension beside that of the previous tag.

    `difference` is that of the means, positive where the new one is better whatever the direction;
    `low` and `high` bound it at the level of the plan. `p_value` is that of "it is worse by more
    than the tolerance", after correction for the number of dimensions. `needed` is how many cases
    would probably tell.
    """

    answer: Answer
    baseline: float
    difference: float
    low: float
    high: float
    p_value: float
    method: str
    pairs: int
    needed: int | None = None
    notes: tuple[str, ...] = ()


class DimensionResult(NamedTuple):
    """A dimension as it was measured on `cases` cases.

    `value` is what counts; `raw` what the judge said, where that was corrected by its calibration.
    """

    span: Span
    name: str
    metric: str
    value: float
    raw: float
    cases: int
    minimum: int
    higher_is_better: bool
    threshold: float | None
    tolerance: float | None
    comparison: Comparison | None = None
    path: str = ""

    @property
    def meets_threshold(self) -> bool:
        """Whether it is at least as good as its threshold, if it has any."""
        if self.threshold is None:
            return True
        if self.higher_is_better:
            return self.value >= self.threshold
        return self.value <= self.threshold

    @property
    def answer(self) -> Answer:
        """What the comparison says."""
        return self.comparison.answer if self.comparison else Answer.NOT_COMPARED


class StaleFact(NamedTuple):
    """Something that was evaluated otherwise than it is used: `what` it is, and both values."""

    span: Span
    what: str
    evaluated: str
    used: str
    path: str = ""


class RunDefect(NamedTuple):
    """What was not evaluated as it should have been, and in which file of results."""

    span: Span
    origin: str
    what: str
    path: str = ""


class JudgeMismatch(NamedTuple):
    """A judge that judged although another is declared."""

    span: Span
    declared: str
    used: str
    path: str = ""


class EvaluationReport(Document):
    """What came of an evaluation of one image, which `subject` names by digest."""

    kind: ClassVar[str] = "evaluation"
    __slots__ = ("_digest", "facts", "inside", "results")

    def __init__(  # noqa: PLR0913 - the parts of a document
        self,
        source: Source,
        digest: str,
        results: tuple[DimensionResult, ...],
        others: tuple[Node, ...] = (),
        facts: tuple[tuple[str, str], ...] = (),
        *,
        gaps: tuple[DocumentError, ...] = (),
    ) -> None:
        super().__init__(source, gaps=gaps)
        self._digest = digest
        self.results = results
        self.inside = others
        self.facts = facts

    @property
    def digest(self) -> str:
        """The digest of the image."""
        return self._digest

    def nodes(self) -> Iterator[Node]:
        """The dimensions, and what speaks against them."""
        yield from self.results
        yield from self.inside
