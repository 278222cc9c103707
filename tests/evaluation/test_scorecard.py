from __future__ import annotations

import math

import pytest

from imagelint.core.serving.scorecard import SIGNALS, Signal
from imagelint.core.source import Source, Span
from imagelint.documents.evaluation.report import (
    Answer,
    Comparison,
    DimensionResult,
    EvaluationReport,
    JudgeMismatch,
    RunDefect,
    StaleFact,
)
from imagelint.documents.metrics.measure import Measured
from imagelint.evaluation.scorecard import quality_signals, serving_signal

HERE = Span(0, 0)
DIMENSION = DimensionResult(
    HERE,
    "faithfulness",
    "score",
    value=0.9,
    raw=0.9,
    cases=800,
    minimum=500,
    higher_is_better=True,
    threshold=0.8,
    tolerance=0.02,
)


def beside(answer: Answer, baseline: float) -> Comparison:
    return Comparison(
        answer, baseline, 0.0, low=-0.01, high=0.01, p_value=0.01, method="paired", pairs=800
    )


def told(result: DimensionResult, *others: StaleFact | RunDefect | JudgeMismatch) -> Signal:
    report = EvaluationReport(Source("eval.json", ""), "sha256:0a", (result,), others)
    (signal,) = quality_signals(report)
    return signal


@pytest.mark.parametrize(
    ("changed", "score", "why"),
    [
        ({}, 1.0, ""),
        ({"threshold": None}, None, "neither a threshold nor a previous tag"),
        ({"threshold": 0.95}, 0.0, "does not clear its threshold"),
        ({"cases": 400}, None, "400 of at least 500 cases"),
        ({"comparison": beside(Answer.CLEARS, 0.9)}, 1.0, ""),
        ({"comparison": beside(Answer.CLEARS, 0.8)}, 1.0, ""),
        ({"comparison": beside(Answer.CLEARS, 0.91)}, 0.5, ""),
        ({"comparison": beside(Answer.FAILS, 0.95)}, 0.0, "worse than the previous tag"),
        ({"comparison": beside(Answer.CANNOT_TELL, 0.91)}, None, "too few cases"),
        ({"comparison": beside(Answer.NOT_COMPARED, 0.91)}, 1.0, ""),
        ({"comparison": beside(Answer.CLEARS, 0.9), "tolerance": None, "threshold": None}, 1, ""),
    ],
)
def test_a_dimension_never_contradicts_its_verdict(
    changed: dict[str, object], score: float | None, why: str
) -> None:
    signal = told(DIMENSION._replace(**changed))  # type: ignore[arg-type]
    assert signal.score == (None if score is None else pytest.approx(score))
    assert why in signal.why
    assert (signal.about, signal.note) == ("quality", f"{changed.get('cases', 800)} cases")


def test_less_may_be_better() -> None:
    toxic = DIMENSION._replace(value=0.02, higher_is_better=False, threshold=0.05, tolerance=0.01)
    assert told(toxic._replace(value=0.06)).score == 0
    compared = toxic._replace(comparison=beside(Answer.CLEARS, 0.015))
    assert told(compared).score == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (StaleFact(HERE, "revision", "a", "b"), "revision: a was evaluated, b is used"),
        (JudgeMismatch(HERE, "one", "other"), "the judge was other, not one"),
        (RunDefect(HERE, "run.json", "cut off"), "run.json: cut off"),
    ],
)
def test_what_was_evaluated_otherwise_says_nothing(
    other: StaleFact | RunDefect | JudgeMismatch, why: str
) -> None:
    signal = told(DIMENSION, other)
    assert (signal.score, signal.why, signal.value) == (None, why, 0.9)


def test_the_verdict_of_an_evaluation_is_no_doubt() -> None:
    failed = RunDefect(HERE, "the statement", "its result is FAILED", "predicate.result")
    assert told(DIMENSION, failed).score == 1


def test_above_the_last_bucket_only_a_breach_is_certain() -> None:
    kind = SIGNALS["ttft-p99"]
    near = serving_signal(kind, kind.bounds, Measured(1.0, 1.0, math.inf))
    assert (near.score, near.most) == (None, None)
    assert near.why == "it lies above the last bucket of the histogram"
    assert serving_signal(kind, kind.bounds, Measured(2.0, 2.0, math.inf)).score == 0
    assert serving_signal(kind, kind.bounds, Measured(0.9, 0.5, 1.0)).most == 1.0
