"""The quality of what is served, joined to how it is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.read import decode, read_bytes
from imagelint.core.report import Problem
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.statement import parse_statement
from imagelint.evaluation.scorecard import quality_signals

if TYPE_CHECKING:
    from imagelint.core.serving.scorecard import Scorecard
    from imagelint.documents.evaluation.report import EvaluationReport


def with_quality(card: Scorecard, path: str) -> Scorecard:
    """A scorecard with the dimensions of an evaluation, or with the problem that there are none."""
    report = _read(path)
    if isinstance(report, Problem):
        return card._replace(problems=(*card.problems, report))
    evaluated = ", ".join(value for _, value in report.facts)
    note = f"evaluated: {report.digest}" + (f" ({evaluated})" if evaluated else "")
    return card._replace(
        signals=(*card.signals, *quality_signals(report)), notes=(*card.notes, note)
    )


def _read(path: str) -> EvaluationReport | Problem:
    data = read_bytes(path, path)
    if isinstance(data, Problem):
        return data
    result = decode(data, path)
    if result.source is None:
        return result.problems[0]
    try:
        return parse_statement(result.source)
    except DocumentError as error:
        return error.problem(result.source)
