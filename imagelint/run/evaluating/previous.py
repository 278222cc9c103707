"""What was promoted before, to compare with; and what is kept of an evaluation for the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.results.files import digest_of
from imagelint.documents.evaluation.report import Answer
from imagelint.documents.evaluation.results import Aggregate, ResultFile, SampleTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.evaluation.report import DimensionResult, EvaluationReport
    from imagelint.run.evaluating.evaluation import EvaluationRequest


def compared_with(
    request: EvaluationRequest,
    name: str,
    files: tuple[tuple[str, str], ...],
    measures: Iterable[tuple[str, float | None, int | None]],
) -> EvaluationRequest:
    """The request with the previous tag's files where they are as they were, else its means.

    `files` are paths with their SHA-256, `measures` metrics with their means and numbers of cases.
    """
    if files and all(digest_of(path) == digest for path, digest in files):
        return request._replace(baseline=tuple(path for path, _digest in files))
    aggregates = {
        metric: Aggregate(value, cases) for metric, value, cases in measures if value is not None
    }
    kept = ResultFile(f"{name} in the store", "imagelint", aggregates, SampleTable())
    return request._replace(kept=(kept,))


def measures_of(
    document: EvaluationReport,
) -> Iterator[tuple[str, str, float | None, int | None, str, str]]:
    """Dimension, metric, value, cases, threshold and outcome of each dimension."""
    for one in document.results:
        threshold = "" if one.threshold is None else f"{one.threshold:g}"
        yield one.name, one.metric, one.raw, one.cases or None, threshold, _outcome(one)


def _outcome(one: DimensionResult) -> str:
    if not one.meets_threshold or one.answer is Answer.FAILS:
        return "fail"
    return "incomplete" if one.answer is Answer.CANNOT_TELL else "pass"
