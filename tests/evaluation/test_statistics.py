from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests

from imagelint.documents.evaluation.planned import Calibration
from imagelint.documents.evaluation.report import Answer
from imagelint.evaluation.intervals import binary, scores, unpaired
from imagelint.evaluation.judges import corrected, kappa, rates
from imagelint.evaluation.many import Part
from imagelint.evaluation.noninferiority import (
    Compared,
    answers,
    cases_needed,
    compare_pairs,
    holm,
)
from imagelint.evaluation.pairing import Cases, Pairs, PairSummary, cases_of, paired

if TYPE_CHECKING:
    from imagelint.evaluation.pairing import Floats, Keys


def pairs(new: Floats, before: Floats, clusters: object = None) -> Pairs:
    keys = None if clusters is None else np.asarray(clusters, dtype=np.uint64)
    return Pairs(np.asarray(new, dtype=float), np.asarray(before, dtype=float), keys)


def crossed(both: int, won: int, lost: int, neither: int) -> Pairs:
    new = [1] * (both + won) + [0] * (lost + neither)
    before = [1] * both + [0] * won + [1] * lost + [0] * neither
    return pairs(np.array(new), np.array(before))


def part(keys: Keys, values: Floats, clusters: Keys | None = None) -> Part:
    return Part(keys.astype(np.uint64), values, clusters)


def kept(keys: Keys, values: Floats, clusters: Keys | None = None) -> Cases:
    found = cases_of([part(keys, values, clusters)])
    assert isinstance(found, Cases)
    return found


def test_repetitions_are_no_cases() -> None:
    found = kept(np.array([7, 7, 3, 9]), np.array([1.0, 0.0, 1.0, np.nan]))
    assert list(found.keys) == [3, 7]
    assert list(found.values) == [1.0, 0.5]


def test_cases_without_repetitions_are_as_they_were() -> None:
    clusters = np.array([5, 5, 0], dtype=np.uint64)
    found = kept(np.array([7, 3, 9]), np.array([1.0, np.nan, 0.0]), clusters)
    assert (list(found.keys), list(found.values)) == ([7, 9], [1.0, 0.0])
    assert list(found.clusters if found.clusters is not None else ()) == [5, 9]


def test_only_cases_of_both_runs_are_compared() -> None:
    new = Cases(np.array([1, 2, 3], dtype=np.uint64), np.array([0.1, 0.2, 0.3]))
    old = Cases(
        np.array([2, 3, 4], dtype=np.uint64),
        np.array([0.5, 0.6, 0.7]),
        np.array([8, 8, 9], dtype=np.uint64),
    )
    found = paired(new, old)
    assert isinstance(found, Pairs)
    assert list(found.new) == [0.2, 0.3]
    assert list(found.before) == [0.5, 0.6]
    assert list(found.clusters if found.clusters is not None else ()) == [8, 8]
    assert found.unmatched == 2


def sampled(
    drawn: np.random.Generator, values: Floats, size: int = 50_000, keys: int = 11
) -> tuple[Keys, Floats]:
    """As many keys, of which each is there once, and values drawn for them."""
    made = np.random.default_rng(keys).integers(1, 2**63, size).astype(np.uint64)
    return made, drawn.choice(values, size)


@pytest.mark.parametrize("values", [np.array([0.0, 1.0]), np.array([0.0, 0.25, 0.7, 1.0])])
@pytest.mark.parametrize("step", [1, -1])
def test_of_many_cases_only_what_matters_is_kept(values: Floats, step: int) -> None:
    drawn = np.random.default_rng(5)
    (keys, new), (_, old) = sampled(drawn, values), sampled(drawn, values)
    many = cases_of([part(keys, new)]), cases_of([part(keys[::step], old[::step])])
    found = paired(*many)
    assert isinstance(found, PairSummary)
    told = Pairs(new, old, None)
    assert found[:4] == told.summary[:4]
    assert found[4:6] == pytest.approx(told.summary[4:6], rel=1e-9)
    one = compare_pairs(found, 0.01, 0.05)
    other = binary(told.summary, 0.01, 0.05) if told.binary else scores(told, 0.01, 0.05)
    assert one[:5] == pytest.approx(other[:5], rel=1e-9)
    assert one.method == other.method


@pytest.mark.parametrize("members", [2, 40])
@pytest.mark.parametrize("named", ["new", "old"])
def test_clusters_of_many_cases_are_those_of_few(members: int, named: str) -> None:
    """Some in no cluster; of 40 members there are so few that they are drawn from."""
    drawn = np.random.default_rng(5)
    (keys, new), (_, old) = (sampled(drawn, np.linspace(0, 1, 900)) for _ in range(2))
    clusters = np.arange(keys.size, dtype=np.uint64) // np.uint64(members) + np.uint64(1)
    clusters[:100] = 0
    ours, theirs = (clusters if named == one else None for one in ("new", "old"))
    found = paired(
        cases_of([part(keys, new, ours)]),
        cases_of([part(keys[::-1], old[::-1], None if theirs is None else theirs[::-1])]),
    )
    assert isinstance(found, PairSummary)
    own = np.where(clusters == 0, keys, clusters)
    told = scores(Pairs(new, old, own), 0.01, 0.05)
    one = compare_pairs(found, 0.01, 0.05)
    # Those that are drawn from stand in another order.
    assert one[:5] == pytest.approx(told[:5], abs=1e-9 if members == 2 else 1e-3)
    assert one.method == told.method
    assert "clusters" in one.method


def test_many_cases_are_the_same_in_one_file_and_in_several() -> None:
    drawn = np.random.default_rng(5)
    keys, values = sampled(drawn, np.array([0.0, 0.5, 1.0]))
    clusters = keys % np.uint64(9_000) + np.uint64(1)
    whole = cases_of([part(keys, values, clusters)])
    parts = [part(keys[at::3], values[at::3], clusters[at::3]) for at in range(3)]
    apart = cases_of(parts)
    assert (apart.size, apart.bounds) == (keys.size, (0.0, 1.0))
    assert apart.mean == pytest.approx(whole.mean)
    assert apart.spread(1) == pytest.approx(float(values.std(ddof=1)))
    assert paired(whole, apart)[:4] == (keys.size, 0, 0, False)
    turned = apart.changed(lambda found: 1 - found / 4)
    assert turned.bounds == (0.75, 1.0)
    assert turned.mean == pytest.approx(1 - whole.mean / 4)
    assert turned.spread() == pytest.approx(float(values.std()) / 4)
    assert paired(turned, whole.changed(lambda found: 1 - found / 4))[:3] == (keys.size, 0, 0)


@pytest.mark.parametrize("clustered", [False, True])
def test_few_cases_in_both_of_many_are_compared_one_by_one(clustered: bool) -> None:  # noqa: FBT001
    drawn = np.random.default_rng(5)
    (keys, new), (_, old) = (sampled(drawn, np.array([0.0, 1.0])) for _ in range(2))
    named = np.full(keys.size, 7, dtype=np.uint64)
    named[0] = 0
    other = np.where(np.arange(keys.size) < 100, keys, ~keys)
    found = paired(
        cases_of([part(keys, new, named if clustered else None)]), cases_of([part(other, old)])
    )
    assert isinstance(found, Pairs)
    assert (found.size, found.unmatched) == (100, 2 * (keys.size - 100))
    assert set(() if found.clusters is None else found.clusters.tolist()) == (
        {7, int(keys[0])} if clustered else set()
    )


def test_few_cases_beside_many_are_compared_one_by_one() -> None:
    keys, values = sampled(np.random.default_rng(5), np.array([0.0, 1.0]))
    found = paired(cases_of([part(keys, values)]), cases_of([part(keys[:50], values[:50])]))
    assert isinstance(found, Pairs)
    assert (found.size, found.unmatched) == (50, keys.size - 50)
    assert not found.differences.any()


def test_repetitions_among_many_cases_are_put_together() -> None:
    keys = np.arange(1, 30_001, dtype=np.uint64) * np.uint64(2**59 + 1)
    values = np.random.default_rng(3).random(keys.size)
    found = cases_of([part(keys, values, keys), part(keys, 1 - values, keys)])
    assert found.size == keys.size
    assert found.mean == pytest.approx(0.5)
    assert found.bounds == pytest.approx((0.5, 0.5))


def test_samples_of_few_cases_are_few_whatever_their_number() -> None:
    keys = np.tile(np.arange(1, 101, dtype=np.uint64), 300)
    found = cases_of([part(keys, np.arange(keys.size, dtype=np.float64))])
    assert isinstance(found, Cases)
    assert found.size == 100


@pytest.mark.parametrize("step", [1, -1])
def test_no_list_as_long_as_that_of_all_cases_is_made(step: int) -> None:
    """A byte for each of two million samples and each run; what is sorted is a thirtieth."""
    drawn = np.random.default_rng(5)
    keys, new = sampled(drawn, np.array([0.0, 0.3, 1.0]), 2_000_000)
    clusters = np.arange(keys.size, dtype=np.uint64) // np.uint64(100) + np.uint64(1)
    parts = [part(keys[at::2], new[at::2], clusters[at::2]) for at in range(2)]
    old = part(keys[::step], new[::step], clusters[::step])
    tracemalloc.start()
    try:
        found = paired(cases_of(parts), cases_of([old]))
        assert isinstance(found, PairSummary)
        assert compare_pairs(found, 0.01, 0.05).difference == 0.0
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 * keys.size


def test_at_no_margin_the_p_value_is_that_of_the_exact_test() -> None:
    found = binary(crossed(80, 3, 12, 5).summary, 0.0, 0.05)
    two_sided = mcnemar([[80, 12], [3, 5]], exact=True).pvalue
    assert found.p_value == pytest.approx(two_sided / 2)
    assert found.difference == pytest.approx(-0.09)


def test_tango_agrees_with_the_published_example() -> None:
    """Table II of the paper: 43, 0, 1, 0 of 44 gives -0.118 to 0.059."""
    found = binary(crossed(43, 0, 1, 0).summary, 0.1, 0.05)
    assert (found.low, found.high) == pytest.approx((-0.1184, 0.0576), abs=0.002)


def test_intervals_end_where_a_difference_can() -> None:
    assert binary(crossed(0, 50, 0, 0).summary, 0.0, 0.05).high == pytest.approx(1.0, abs=1e-6)
    assert binary(crossed(0, 0, 50, 0).summary, 0.0, 0.05).low == pytest.approx(-1.0, abs=1e-6)
    nothing = binary(crossed(90, 0, 0, 10).summary, 0.02, 0.05)
    assert nothing.low == pytest.approx(-nothing.high)
    assert nothing.low < -0.02  # of a hundred equal answers two in a hundred may still differ


def test_a_bootstrap_is_the_same_every_time_and_near_students_interval() -> None:
    made = np.random.default_rng(1)
    before = made.normal(0.7, 0.1, 400)
    new = before + made.normal(-0.01, 0.05, 400)
    found = scores(pairs(new, before), 0.02, 0.05)
    assert found == scores(pairs(new, before), 0.02, 0.05)
    student = stats.ttest_rel(new, before).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((student.low, student.high), abs=5e-4)
    expected = stats.ttest_1samp(new - before, -0.02, alternative="less").pvalue
    assert found.p_value == pytest.approx(expected, abs=2e-3)
    assert "bootstrap" in found.method


def test_clusters_widen_the_interval() -> None:
    made = np.random.default_rng(2)
    shared = np.repeat(made.normal(0, 0.1, 60), 10)
    before = np.full(600, 0.5)
    new = before + shared + made.normal(0, 0.01, 600)
    clusters = np.repeat(np.arange(1, 61), 10)
    alone, together = (
        scores(pairs(new, before), 0, 0.05),
        scores(pairs(new, before, clusters), 0, 0.05),
    )
    assert together.high - together.low > 2.5 * (alone.high - alone.low)
    assert "60 clusters" in together.method
    assert together.deviation > 2.5 * alone.deviation


def test_few_cases_are_left_to_students_t() -> None:
    found = scores(pairs(np.array([0.1, 0.2, 0.4]), np.array([0.2, 0.2, 0.2])), 0.0, 0.05)
    student = stats.ttest_rel([0.1, 0.2, 0.4], [0.2, 0.2, 0.2]).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((student.low, student.high))
    alone = scores(pairs(np.array([0.5]), np.array([0.5])), 0.1, 0.05)
    assert alone.p_value == 1.0


def test_a_few_cases_that_do_not_differ_tell_nothing() -> None:
    for few in (pairs(np.full(3, 0.5), np.full(3, 0.5)), pairs(np.ones(8), np.ones(8), [1] * 8)):
        assert answers([compared(few, 0.03)], 0.05)[0].answer is Answer.CANNOT_TELL


def test_where_every_case_moved_alike_nothing_varies() -> None:
    found = scores(pairs(np.full(50, 0.4), np.full(50, 0.5)), 0.02, 0.05)
    assert (found.low, found.high, found.p_value) == pytest.approx((-0.1, -0.1, 0.0))


def test_holm_agrees_with_statsmodels() -> None:
    values = [0.01, 0.04, 0.03, 0.2, 0.6]
    assert holm(values) == pytest.approx(multipletests(values, method="holm")[1])
    assert holm([]) == ()


def test_kappa_agrees_with_statsmodels() -> None:
    table = [[150, 8], [6, 36]]
    assert kappa((150, 8, 6, 36)) == pytest.approx(cohens_kappa(table).kappa)
    assert kappa((200, 0, 0, 0)) is None
    assert kappa(()) is None


def test_the_rate_of_a_judge_is_corrected_by_its_errors() -> None:
    found = rates(Calibration(matrix=(90, 20, 10, 80)))
    assert found == (0.9, 0.2)
    assert found is not None
    assert found.informative
    assert corrected(0.2 + 0.7 * 0.6, found) == pytest.approx(0.6)
    assert corrected(0.05, found) == 0.0
    assert rates(Calibration(matrix=(90, 0, 10, 0))) is None
    assert rates(Calibration()) is None


def compared(one: Pairs, tolerance: float) -> Compared:
    return Compared(compare_pairs(one, tolerance, 0.05), 0.9, tolerance, one.size)


def test_each_dimension_clears_fails_or_cannot_tell() -> None:
    good, bad, small = crossed(700, 20, 20, 60), crossed(600, 5, 95, 100), crossed(40, 2, 3, 5)
    found = answers([compared(each, 0.03) for each in (good, bad, small)], 0.05)
    assert [one.answer for one in found] == [Answer.CLEARS, Answer.FAILS, Answer.CANNOT_TELL]
    assert [one.needed is None for one in found] == [True, True, False]
    assert (found[2].needed or 0) > 50


def test_many_dimensions_need_more_to_fail() -> None:
    border = crossed(600, 20, 51, 129)
    alone = answers([compared(border, 0.015)], 0.05)[0]
    among = answers([compared(border, 0.015), *[compared(crossed(9, 0, 0, 1), 0.9)] * 9], 0.05)[0]
    assert alone.answer is Answer.FAILS
    assert among.answer is Answer.CANNOT_TELL


def test_what_lies_on_the_tolerance_is_never_told() -> None:
    same = crossed(90, 0, 0, 10)
    found = compare_pairs(same, 0.0, 0.05)
    assert cases_needed(found, 0.0, 0.05, 100) is None
    assert cases_needed(found, 0.02, 0.05, 100) == 385


def test_without_samples_means_are_compared_as_if_of_other_cases() -> None:
    found = unpaired((0.8, 0.02), (0.9, 0.02), 0.0, 0.05)
    assert found.difference == pytest.approx(-0.1)
    assert found.high == pytest.approx(-0.1 + 1.96 * 0.0283, abs=1e-3)
    assert found.p_value < 0.001
