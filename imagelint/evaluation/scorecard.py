"""From what was measured to signals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.core.serving.scorecard import SIGNALS, Bounds, Signal
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.report import (
    Answer,
    DimensionResult,
    EvaluationReport,
    JudgeMismatch,
    RunDefect,
    StaleFact,
)
from imagelint.documents.metrics.card import SavedScorecard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.serving.scorecard import ScorecardSettings, SignalKind
    from imagelint.documents.base import Node
    from imagelint.documents.metrics.card import SavedSignal
    from imagelint.documents.metrics.measure import Measured


def serving_signal(kind: SignalKind, bounds: Bounds, measured: Measured) -> Signal:
    """A signal by its bounds.

    Of what lies above the last bucket of a histogram only that bound is known: where that is a
    breach, so is the value; else nothing can be told.
    """
    signal = Signal(
        name=kind.name,
        title=kind.title,
        unit=kind.unit,
        bounds=bounds,
        value=measured.value,
        least=measured.least,
        most=measured.most if measured.most is None or math.isfinite(measured.most) else None,
        source=measured.metric,
        why=measured.why,
        points=measured.points,
    )
    if measured.value is None:
        return signal
    score = bounds.score(measured.value)
    if measured.most is not None and math.isinf(measured.most) and score > 0:
        return signal._replace(why="it lies above the last bucket of the histogram")
    return signal._replace(score=score)


def by_policy(
    saved: SavedScorecard, settings: ScorecardSettings, others: tuple[Node, ...] = ()
) -> SavedScorecard:
    """A scorecard as a policy would have made it, whatever bounds its own maker had.

    What the policy asks for and is not there could not be told; what it has off does not count.
    """
    wanted = {kind.name: settings.of(kind) for kind in SIGNALS.values()}
    there = {signal.name for signal in saved.saved}
    missing = (
        DocumentError(ProblemKind.INCONCLUSIVE, f"{kind.title}: the scorecard does not have it")
        for kind in SIGNALS.values()
        if kind.name not in there and wanted[kind.name].wanted is not False
    )
    return SavedScorecard(
        saved.source,
        tuple(_judged(one, wanted.get(one.name)) for one in saved.saved if _counts(one, wanted)),
        max(saved.fail_under, settings.fail_under or 0.0),
        digest=saved.digest,
        facts=saved.facts,
        measured=saved.measured,
        others=others,
        gaps=(*saved.unanswered, *missing),
    )


def _counts(signal: SavedSignal, wanted: Mapping[str, Bounds]) -> bool:
    bounds = wanted.get(signal.name)
    return bounds is None or bounds.wanted is not False


def _judged(signal: SavedSignal, bounds: Bounds | None) -> SavedSignal:
    """A signal by other bounds; one of quality has those of its plan, and keeps its score."""
    if bounds is None or signal.about == "quality":
        return signal
    score = signal.worth(bounds)
    unmeasured = "" if score is not None else signal.why or "its value is not there"
    return signal._replace(bounds=bounds, score=score, why=unmeasured)


def quality_signals(report: EvaluationReport) -> Iterator[Signal]:
    """A signal for each dimension of an evaluation, which never contradicts its verdict.

    Below its threshold, or worse than the previous tag by more than the tolerance, it is 0; as good
    as the previous tag it is 1, and linear between. Where that could not be told, neither can this.
    """
    doubts = [one for one in map(_doubt, report.inside) if one]
    for result in report.results:
        signal = _quality(result)
        yield signal._replace(score=None, why=doubts[0]) if doubts else signal


def _doubt(node: Node) -> str:
    """Why an evaluation says nothing about what is served; its own verdict is no reason."""
    if isinstance(node, StaleFact):
        return f"{node.what}: {node.evaluated} was evaluated, {node.used} is used"
    if isinstance(node, JudgeMismatch):
        return f"the judge was {node.used}, not {node.declared}"
    if isinstance(node, RunDefect) and node.path != "predicate.result":
        return f"{node.origin}: {node.what}"
    return ""


def _quality(result: DimensionResult) -> Signal:
    beside = result.comparison
    signal = Signal(
        name=result.name,
        title=f"{result.name} ({result.metric})",
        unit="",
        bounds=Bounds(result.threshold),
        value=result.value,
        note=f"{result.cases} cases",
        about="quality",
    )
    if result.cases < result.minimum:
        return signal._replace(why=f"{result.cases} of at least {result.minimum} cases")
    if not result.meets_threshold:
        return signal._replace(score=0.0, why="it does not clear its threshold")
    match result.answer:
        case Answer.CANNOT_TELL:
            return signal._replace(why="there are too few cases to compare with the previous tag")
        case Answer.FAILS:
            return signal._replace(score=0.0, why="it is worse than the previous tag")
    if beside is None or not result.tolerance or result.answer is Answer.NOT_COMPARED:
        known = result.threshold is not None or result.answer is Answer.CLEARS
        why = "" if known else "it has neither a threshold nor a previous tag"
        return signal._replace(score=1.0 if known else None, why=why)
    worse = -result.tolerance if result.higher_is_better else result.tolerance
    bounds = Bounds(beside.baseline, beside.baseline + worse)
    return signal._replace(bounds=bounds, score=bounds.score(result.value))
