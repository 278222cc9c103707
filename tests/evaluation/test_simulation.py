"""Runs whose true difference is known: what is answered, and how often that is wrong.

`python tools/evaluation_simulation.py` does the same with 10,000 draws; docs/evaluation.md tells
what came of it.
"""

from __future__ import annotations

import numpy as np
import pytest

from imagelint.documents.evaluation.report import Answer
from imagelint.evaluation import intervals, noninferiority
from imagelint.evaluation.noninferiority import answers, compare_pairs
from tools.evaluation_simulation import (
    DIMENSIONS,
    INDEPENDENT,
    LEVEL,
    Suite,
    drawn,
    family,
    resampled,
    told,
)

SMALL = Suite("small", 50, 4, moved=0.2, alike=0.5)


def test_the_error_is_that_of_what_is_drawn() -> None:
    chance = np.random.default_rng(3)
    for suite in (INDEPENDENT, SMALL):
        means = [float(drawn(suite, 0.0, chance).differences.mean()) for _ in range(400)]
        assert np.mean(means) == pytest.approx(-suite.tolerance, abs=3 * suite.error / 20)
        assert np.std(means) == pytest.approx(suite.error, rel=0.12)


def test_what_is_drawn_again_is_what_the_program_draws() -> None:
    chance = np.random.default_rng(9)
    sums, sizes = chance.normal(size=50), chance.integers(1, 9, size=50).astype(np.float64)
    assert resampled(sums, sizes) == pytest.approx(intervals.resampled(sums, sizes))


def test_five_dimensions_together_hold_the_level(monkeypatch: pytest.MonkeyPatch) -> None:
    assert family(INDEPENDENT, 300, 7) <= LEVEL
    monkeypatch.setattr(noninferiority, "holm", tuple)
    assert family(INDEPENDENT, 300, 7) > LEVEL, "without the correction they do not"


def test_clusters_hold_the_level_and_are_needed_for_that() -> None:
    chance = np.random.default_rng(5)
    together = alone = 0
    for _ in range(40):
        pairs = drawn(SMALL, 0.0, chance)
        for clustered in (True, False):
            found = pairs if clustered else pairs._replace(clusters=None)
            estimate = compare_pairs(found, SMALL.tolerance, LEVEL)
            compared = noninferiority.Compared(estimate, 0.0, SMALL.tolerance, found.size)
            decided = answers((compared,), LEVEL)[0].answer is not Answer.CANNOT_TELL
            together += clustered and decided
            alone += not clustered and decided
    assert together <= 2 * LEVEL * 40
    assert alone > 2 * LEVEL * 40


def test_a_fall_is_seen_the_sooner_the_larger_it_is() -> None:
    shares = [told(INDEPENDENT, fall, 150, 11)[Answer.FAILS] / 150 for fall in (0.0, 1.5, 3.0)]
    assert shares == sorted(shares)
    assert shares[0] <= LEVEL / 2
    assert shares[2] > 0.5
    # What `--power` says: the fall that is seen in 8 of 10 runs, in standard errors.
    fall = noninferiority.detectable(1.0, 1, LEVEL, DIMENSIONS)
    assert told(INDEPENDENT, fall, 200, 11)[Answer.FAILS] / 200 == pytest.approx(0.8, abs=0.08)
    tolerance = noninferiority.clearable(1.0, 1, LEVEL)
    cleared = told(INDEPENDENT, -tolerance, 200, 11)[Answer.CLEARS] / 200
    assert cleared == pytest.approx(0.8, abs=0.08)
    assert told(INDEPENDENT, -4.0, 100, 11)[Answer.CLEARS] > 90
