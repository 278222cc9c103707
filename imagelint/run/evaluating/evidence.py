"""What an evaluation says in a verdict, in a line a dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.evaluation.report import DimensionResult, EvaluationReport


def evidence_of(document: EvaluationReport) -> tuple[tuple[str, str], ...]:
    """The image, what it holds, and each dimension."""
    return (
        *((("digest", document.digest),) if document.digest else ()),
        *((f"evaluated {key}", value) for key, value in document.facts),
        *((f"dimension {one.name}", ", ".join(_said(one))) for one in document.results),
    )


def _said(one: DimensionResult) -> Iterator[str]:
    told = one.comparison
    yield f"{one.value:.4g}"
    if one.raw != one.value:
        yield f"{one.raw:.4g} by the judge"
    yield f"{one.cases:,} cases" if one.cases else "of an unknown number of cases"
    if one.threshold is not None:
        yield f"threshold {one.threshold:g}"
    if told is None:
        yield "compared with nothing"
        return
    yield f"before {told.baseline:.4g}"
    interval = f"{told.difference:+.3g} [{told.low:+.3g}, {told.high:+.3g}]"
    yield f"{told.answer.value}: {interval} where {one.tolerance or 0:g} is tolerated"
    yield told.method
    yield from told.notes
