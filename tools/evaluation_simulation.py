"""Draw pairs of runs whose true difference is known, and count what is answered.

    python tools/evaluation_simulation.py [--draws N] [--processes N] [--seed N]

Falls are told in standard errors of the difference, below the tolerance where they are positive. At
0 a dimension is worse by exactly what is tolerated: *fails* is a false alarm there, and so is
*clears*. `docs/evaluation.md` shows what comes of it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from scipy import stats

from imagelint.documents.evaluation.report import Answer
from imagelint.evaluation.intervals import RESAMPLES, SEED, Estimate, scores
from imagelint.evaluation.noninferiority import Compared, answers, compare_pairs
from imagelint.evaluation.pairing import Pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.evaluation.pairing import Floats

LEVEL = 0.05
DIMENSIONS = 5
_TOGETHER = 250
FALLS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)


class Suite(NamedTuple):
    """A suite of passes and failures: `clusters` groups of `size` cases, which move together.

    Of all cases `moved` come out otherwise in the second run; `alike` is the part of clusters of
    which all cases that move do so in the same direction.
    """

    name: str
    clusters: int
    size: int
    moved: float = 0.1
    tolerance: float = 0.03
    alike: float = 0.0

    @property
    def cases(self) -> int:
        return self.clusters * self.size

    @property
    def error(self) -> float:
        """The standard error of the difference of both means, at the tolerance."""
        # Of a cluster that moves alike all cases move, so as many fewer clusters do.
        alone = (1 - self.alike) * (self.moved - self.tolerance**2) / self.cases
        together = self.alike * (self.moved - self.tolerance**2) / self.clusters
        return sqrt(alone + together)


INDEPENDENT = Suite("800 cases", 800, 1)
CLUSTERED = Suite("400 cases in 100 clusters", 100, 4, moved=0.2, alike=0.5)
FEW = Suite("384 cases in 48 clusters that move as one", 48, 8, moved=0.2, alike=1.0)
FEWER = Suite("160 cases in 20 clusters", 20, 8, moved=0.2, alike=0.5)


def drawn(suite: Suite, fall: float, chance: np.random.Generator) -> Pairs:
    """Two runs of which the second is worse by the tolerance and `fall` standard errors."""
    worse = suite.tolerance + fall * suite.error
    lost = (suite.moved + worse) / 2
    shape = (suite.clusters, suite.size)
    together = chance.random(suite.clusters) < suite.alike
    one = np.broadcast_to(chance.random((suite.clusters, 1)), shape)
    where = np.where(together[:, None], one, chance.random(shape))
    change = np.where(where < lost, -1.0, np.where(where < suite.moved, 1.0, 0.0)).ravel()
    kept = (chance.random(suite.cases) < 0.9).astype(np.float64)
    before = np.where(change < 0, 1.0, np.where(change > 0, 0.0, kept))
    clusters = np.repeat(np.arange(1, suite.clusters + 1, dtype=np.uint64), suite.size)
    return Pairs(before + change, before, clusters if suite.size > 1 else None)


@cache
def _drawn_clusters(count: int) -> Floats:
    """How often each of so many clusters is in each resample: the seed is always the same one."""
    weights = np.zeros((RESAMPLES, count))

    def counted(numbers: Floats, axis: int) -> Floats:
        if numbers.ndim > 1:
            for at, chosen in enumerate(numbers.astype(np.intp)):
                weights[at] = np.bincount(chosen, minlength=count)
        return np.asarray(numbers.mean(axis=axis))

    rng = np.random.default_rng(SEED)
    numbers = np.arange(count, dtype=np.float64)
    stats.bootstrap(
        (numbers,), counted, paired=True, n_resamples=RESAMPLES, method="percentile", rng=rng
    )
    return weights


def resampled(sums: Floats, sizes: Floats) -> Floats:
    """What `intervals.resampled` draws, of many runs at once: a row a run."""
    weights = _drawn_clusters(sums.shape[-1]).T
    return np.asarray((sums @ weights) / (sizes @ weights))


def estimates(suite: Suite, fall: float, count: int, chance: np.random.Generator) -> list[Estimate]:
    """What is estimated of so many runs."""
    runs = [drawn(suite, fall, chance) for _ in range(count)]
    if suite.size == 1:
        return [compare_pairs(pairs, suite.tolerance, LEVEL) for pairs in runs]
    shape = (count, suite.clusters, suite.size)
    sums = np.stack([pairs.differences for pairs in runs]).reshape(shape).sum(axis=2)
    rows = resampled(sums, np.full(sums.shape, float(suite.size)))
    return [
        scores(pairs, suite.tolerance, LEVEL, partial(_drawn_before, row))
        for pairs, row in zip(runs, rows, strict=True)
    ]


def _drawn_before(row: Floats, _sums: Floats, _sizes: Floats) -> Floats:
    return row


def _compared(suite: Suite, estimate: Estimate) -> Compared:
    return Compared(estimate, 0.0, suite.tolerance, suite.cases)


def family(suite: Suite, draws: int, seed: int) -> float:
    """How often any of five dimensions fails where none is worse by more than is tolerated."""
    chance = np.random.default_rng(seed)
    alarms = 0
    for _ in range(draws):
        dimensions = [_compared(suite, one) for one in estimates(suite, 0.0, DIMENSIONS, chance)]
        alarms += any(one.answer is Answer.FAILS for one in answers(dimensions, LEVEL))
    return alarms / draws


def told(suite: Suite, fall: float, draws: int, seed: int) -> Counter[Answer]:
    """The answers for a dimension that falls by so much beside four that did not change."""
    chance = np.random.default_rng(seed)
    found: Counter[Answer] = Counter()
    for start in range(0, draws, _TOGETHER):
        for one in estimates(suite, fall, min(_TOGETHER, draws - start), chance):
            unchanged = _compared(suite, one._replace(p_value=1.0))
            together = (_compared(suite, one), *(unchanged,) * (DIMENSIONS - 1))
            found[answers(together, LEVEL)[0].answer] += 1
    return found


def rows(suite: Suite, draws: int, seed: int, processes: int) -> Iterator[str]:
    """The table of a suite, a line a fall."""
    parts = max(1, min(draws, 20))
    with ProcessPoolExecutor(processes) as pool:
        seeds = range(seed, seed + parts)
        alarms = list(pool.map(partial(family, suite, draws // parts), seeds))
        share = sum(alarms) / len(alarms)
        yield f"{suite.name}: a standard error is {suite.error:.4f}, {draws:,} draws"
        yield f"any of {DIMENSIONS} fails where all are at the tolerance: {share:.2%}"
        yield "| fall below the tolerance | clears | cannot tell | fails |"
        yield "|---|---|---|---|"
        for fall in FALLS:
            found: Counter[Answer] = Counter()
            for counted in pool.map(partial(told, suite, fall, draws // parts), seeds):
                found += counted
            order = (Answer.CLEARS, Answer.CANNOT_TELL, Answer.FAILS)
            cells = " | ".join(f"{found[one] / found.total():.1%}" for one in order)
            yield f"| {fall:+g} | {cells} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for suite in (CLUSTERED, FEW, FEWER, INDEPENDENT):
        for line in rows(suite, options.draws, options.seed, options.processes):
            print(line, flush=True)


if __name__ == "__main__":
    main()
