"""On generated pairs of runs the answers are those of statgate and evalsig.

Where they differ the tolerance lies between the ends of both intervals, and these differ by no more
than two methods may: by their resampling (the error of a quantile at p of N drawn is
sqrt(p (1 - p) / N) / f(q), for a normal mean some s / sqrt(N) / 0.37 with p = 0.025), and for
passes and failures by that of a score interval from others, which is z**2 / n.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from evalsig import ItemResult, RunFrame, compare
from scipy import stats
from statgate.config import GateSettings
from statgate.records import EvalRecord
from statgate.verdict import Verdict, evaluate_gate

from imagelint.documents.evaluation.report import Answer
from imagelint.evaluation.noninferiority import Compared, answers, compare_pairs
from imagelint.evaluation.pairing import Pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


LEVEL, TOLERANCE = 0.05, 0.03
RESAMPLES = {"bca": 4000, "mcnemar": 4000, "paired_bootstrap": 4000, "cluster_bootstrap": 400}
"""Of the peers; evalsig draws clusters one by one, which takes seconds a pair for more."""
VERDICTS = {
    Verdict.SHIP: Answer.CLEARS,
    Verdict.BLOCK: Answer.FAILS,
    Verdict.INCONCLUSIVE: Answer.CANNOT_TELL,
}
MOST_DIFFERENT = 0.02


class Told(NamedTuple):
    answer: Answer
    low: float
    high: float
    method: str = ""


def answer_of(low: float, high: float) -> Answer:
    if low > -TOLERANCE:
        return Answer.CLEARS
    return Answer.FAILS if high < -TOLERANCE else Answer.CANNOT_TELL


def ours(pairs: Pairs) -> Told:
    compared = Compared(compare_pairs(pairs, TOLERANCE, LEVEL), 0.0, TOLERANCE, pairs.size)
    (told,) = answers((compared,), LEVEL)
    return Told(told.answer, told.low, told.high)


def by_statgate(pairs: Pairs) -> Told:
    sides = [
        [EvalRecord(case_id=f"{at:04}", score=value) for at, value in enumerate(side.tolist())]
        for side in (pairs.before, pairs.new)
    ]
    settings = GateSettings(margin=TOLERANCE, seed=1, resamples=RESAMPLES["bca"], permutations=100)
    found = evaluate_gate(sides[0], sides[1], settings)
    return Told(VERDICTS[found.verdict], found.interval.low, found.interval.high, "bca")


def by_evalsig(pairs: Pairs) -> Told:
    named = pairs.clusters
    clusters = [None] * pairs.size if named is None else [f"c{one}" for one in named.tolist()]
    frames = [
        RunFrame(
            run_id=name,
            model_id="m",
            task_id="t",
            metric_name="score",
            items=[
                ItemResult(item_id=f"{at:04}", score=value, cluster_id=clusters[at])
                for at, value in enumerate(side.tolist())
            ],
        )
        for name, side in (("before", pairs.before), ("new", pairs.new))
    ]
    binary = named is None and pairs.binary
    method = "mcnemar" if binary else "paired_bootstrap" if named is None else "cluster_bootstrap"
    cluster = None if named is None else "passage"
    found = compare(
        *frames, method=method, cluster=cluster, alpha=LEVEL, n_resamples=RESAMPLES[method]
    )
    low, high = found.ci
    return Told(answer_of(low, high), low, high, method)


def passes(count: int) -> Iterator[Pairs]:
    """Runs of 100 to 300 passes and failures, of which the second is up to 0.12 worse."""
    chance = np.random.default_rng(20)
    for _ in range(count):
        size = int(chance.integers(100, 300))
        moved = chance.uniform(0.12, 0.25)
        lost = (moved + chance.uniform(-0.04, 0.12)) / 2
        where = chance.random(size)
        before = np.where(
            where < lost, 1.0, np.where(where < moved, 0.0, chance.random(size) < 0.9)
        )
        new = np.where(where < lost, 0.0, np.where(where < moved, 1.0, before))
        yield Pairs(new, before, None)


def scores(count: int, per_cluster: int) -> Iterator[Pairs]:
    """Runs of 50 to 110 scores, or groups of them that move together."""
    chance = np.random.default_rng(21)
    for _ in range(count):
        groups = int(chance.integers(50, 110))
        size = groups * per_cluster
        before = chance.uniform(0.4, 0.9, size)
        shared = np.repeat(chance.normal(0, 0.08, groups), per_cluster)
        moved = shared + chance.normal(0, 0.06, size) - chance.uniform(-0.02, 0.08)
        clusters = np.repeat(np.arange(1, groups + 1, dtype=np.uint64), per_cluster)
        yield Pairs(before + moved, before, clusters if per_cluster > 1 else None)


def allowance(pairs: Pairs, resamples: int) -> float:
    """By how much the ends of the intervals of two methods may differ."""
    values = pairs.differences
    if pairs.clusters is not None:
        sums = np.bincount(pairs.clusters.astype(np.int64), weights=values)[1:]
        values = sums.astype(np.float64)
    units = values.size
    error = float(values.std(ddof=1)) / sqrt(units) * units / pairs.size
    quantile = stats.norm.ppf(1 - LEVEL / 2)
    drawn = error * sqrt(LEVEL / 2 * (1 - LEVEL / 2) / resamples) / stats.norm.pdf(quantile)
    skewed = error * quantile**2 / sqrt(units) * abs(float(stats.skew(values)))
    score = quantile**2 / pairs.size if pairs.binary and pairs.clusters is None else 0.0
    return float(4 * sqrt(2) * drawn + skewed + score)


def differing(made: list[Pairs], peer: Callable[[Pairs], Told]) -> int:
    count = 0
    for pairs in made:
        own, other = ours(pairs), peer(pairs)
        allowed = allowance(pairs, RESAMPLES[other.method])
        assert own.low == pytest.approx(other.low, abs=allowed)
        assert own.high == pytest.approx(other.high, abs=allowed)
        if own.answer is not other.answer:
            count += 1
            ends = [
                one.low if Answer.CLEARS in (own.answer, other.answer) else one.high
                for one in (own, other)
            ]
            assert min(ends) <= -TOLERANCE <= max(ends)
    return count


def varied(made: list[Pairs]) -> set[Answer]:
    return {ours(pairs).answer for pairs in made[:20]}


@pytest.fixture(scope="module")
def binary() -> list[Pairs]:
    return list(passes(100))


@pytest.fixture(scope="module")
def measured() -> list[Pairs]:
    return list(scores(90, 1))


def test_statgate_agrees(binary: list[Pairs], measured: list[Pairs]) -> None:
    assert varied(binary) == varied(measured) == set(Answer) - {Answer.NOT_COMPARED}
    assert differing([*binary[:50], *measured[:50]], by_statgate) <= MOST_DIFFERENT * 100


def test_evalsig_agrees_and_knows_clusters(binary: list[Pairs], measured: list[Pairs]) -> None:
    grouped = list(scores(10, 3))
    assert varied(grouped) == set(Answer) - {Answer.NOT_COMPARED}
    made = [*binary[50:], *measured[50:], *grouped]
    assert len(made) == 100
    assert differing(made, by_evalsig) <= MOST_DIFFERENT * 100
