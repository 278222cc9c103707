from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.report import ExitCode, Outcome, Problem, ProblemKind
from imagelint.core.serving.scorecard import SIGNALS, Bounds, Scorecard, ScorecardSettings, Signal

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBERS = st.floats(0, 1e6, allow_nan=False)
BOUNDS = st.builds(
    Bounds, st.none() | NUMBERS, st.none() | NUMBERS, st.sampled_from([None, True, False])
)
SETTINGS = st.builds(
    ScorecardSettings,
    st.dictionaries(st.sampled_from(sorted(SIGNALS)), BOUNDS),
    st.none() | st.floats(0, 1),
)


@pytest.mark.parametrize(
    ("value", "score"), [(0, 1), (0.5, 1), (0.8, 0.8), (1.25, 0.5), (2, 0), (9, 0)]
)
def test_a_signal_is_linear_between_target_and_breach(value: float, score: float) -> None:
    assert Bounds(0.5, 2.0).score(value) == pytest.approx(score)


@pytest.mark.parametrize(("value", "score"), [(0.95, 1), (0.9, 1), (0.85, 0.5), (0.8, 0), (0, 0)])
def test_more_may_be_better(value: float, score: float) -> None:
    assert Bounds(0.9, 0.8).score(value) == pytest.approx(score)


@pytest.mark.parametrize("bounds", [Bounds(), Bounds(1.0), Bounds(1.0, 1.0)])
def test_no_score_without_two_bounds(bounds: Bounds) -> None:
    with pytest.raises(ValueError, match="target and a breach"):
        bounds.score(1)


def test_what_is_no_number_has_no_score() -> None:
    with pytest.raises(ValueError, match="not a number"):
        Bounds(0, 1).score(float("nan"))


@given(SETTINGS, SETTINGS, SETTINGS)
def test_settings_merge_in_any_grouping(
    low: ScorecardSettings, middle: ScorecardSettings, high: ScorecardSettings
) -> None:
    assert high.over(middle.over(low)) == high.over(middle).over(low)
    nothing = ScorecardSettings()
    assert nothing.over(low) == low == low.over(nothing)


def test_what_is_said_above_wins() -> None:
    below = ScorecardSettings({"queue-depth": Bounds(wanted=False)}, 0.2)
    above = ScorecardSettings({"queue-depth": Bounds(1.0, 2.0, wanted=True)})
    kind = SIGNALS["queue-depth"]
    assert below.of(kind) == Bounds(5.0, 20.0, wanted=False)
    assert above.over(below).of(kind) == Bounds(1.0, 2.0, wanted=True)
    assert above.over(below).fail_under == 0.2


def card(scores: Mapping[str, float | None], fail_under: float = 0.0) -> Scorecard:
    signals = tuple(
        Signal(name, name, "s", Bounds(0, 1), value=score, score=score)
        for name, score in scores.items()
    )
    return Scorecard("page", "vllm", "", signals, fail_under=fail_under)


@pytest.mark.parametrize(
    ("scores", "fail_under", "outcome"),
    [
        ({"a": 1.0, "b": 0.1}, 0.0, Outcome.PASS),
        ({"a": 1.0, "b": 0.0}, 0.0, Outcome.FAIL),
        ({"a": 1.0, "b": 0.49}, 0.5, Outcome.FAIL),
        ({"a": 1.0, "b": 0.5}, 0.5, Outcome.PASS),
        ({"a": 1.0, "b": None}, 0.0, Outcome.INCOMPLETE),
        ({"a": 0.0, "b": None}, 0.0, Outcome.FAIL),
        ({}, 0.0, Outcome.INCOMPLETE),
    ],
)
def test_the_lowest_signal_decides(
    scores: Mapping[str, float | None], fail_under: float, outcome: Outcome
) -> None:
    made = card(scores, fail_under)
    assert made.outcome is outcome
    assert made.exit_code is ExitCode[outcome.name]


def test_the_lowest_is_never_an_average() -> None:
    made = card({"a": 1.0, "b": 0.3, "c": None})
    assert made.lowest is not None
    assert made.lowest.name == "b"
    assert [one.name for one in made.unknown] == ["c"]
    assert card({"c": None}).lowest is None


def test_a_problem_is_no_pass() -> None:
    problem = Problem(ProblemKind.TIMED_OUT, "page", "did not answer")
    made = card({"a": 1.0})._replace(problems=(problem,))
    assert made.outcome is Outcome.INCOMPLETE
    assert made.is_read
    assert not card({"a": None})._replace(problems=(problem,)).is_read
