from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.serving.scorecard import Point
from imagelint.documents.metrics.question import Question, Reading, promql, selector
from imagelint.documents.metrics.samples import (
    Samples,
    Series,
    answer,
    histogram_quantile,
    increase,
    quantile_over_time,
)

INF = math.inf


def points(*pairs: tuple[float, float]) -> tuple[Point, ...]:
    return tuple(Point(time, value) for time, value in pairs)


def test_a_counter_grows_by_what_lies_between_its_samples() -> None:
    taken = points((0, 10), (10, 30), (20, 60))
    assert increase(taken, 0, 20) == 50


def test_a_counter_that_falls_was_reset() -> None:
    assert increase(points((0, 10), (10, 30), (20, 5), (30, 9)), 0, 30) == 20 + 9


def test_a_little_beyond_the_samples_is_extrapolated() -> None:
    assert increase(points((5, 100), (15, 110), (25, 120)), 0, 30) == pytest.approx(30)


def test_far_beyond_the_samples_is_half_a_distance() -> None:
    assert increase(points((50, 100), (60, 110)), 0, 100) == pytest.approx(20)


def test_no_counter_was_below_nought() -> None:
    assert increase(points((5, 2), (15, 22)), 0, 15) == pytest.approx(22)


@pytest.mark.parametrize("taken", [points(), points((0, 1)), points((3, 1), (3, 2))])
def test_one_sample_tells_no_growth(taken: tuple[Point, ...]) -> None:
    assert increase(taken, 0, 10) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0, 1))
def test_a_quantile_lies_among_the_values(values: list[float], share: float) -> None:
    ordered = sorted(values)
    found = quantile_over_time(share, ordered)
    slack = 1e-9 * max(1.0, *map(abs, ordered))
    assert ordered[0] - slack <= found <= ordered[-1] + slack


def test_a_quantile_is_linear_between_two_values() -> None:
    assert quantile_over_time(0.95, [0, 10]) == pytest.approx(9.5)
    assert quantile_over_time(0.5, [1, 2, 3]) == 2


BUCKETS = ((0.1, 10.0), (0.5, 50.0), (1.0, 100.0), (INF, 100.0))


@pytest.mark.parametrize(
    ("share", "value", "least", "most"),
    [(0.5, 0.5, 0.1, 0.5), (0.75, 0.75, 0.5, 1.0), (0.05, 0.05, 0.0, 0.1), (0.99, 0.99, 0.5, 1)],
)
def test_a_quantile_is_linear_within_its_bucket(
    share: float, value: float, least: float, most: float
) -> None:
    found = histogram_quantile(share, BUCKETS)
    assert found is not None
    assert found.value == pytest.approx(value)
    assert (found.least, found.most) == (least, most)


def test_above_the_last_bound_only_the_bound_is_known() -> None:
    assert histogram_quantile(0.99, ((1.0, 50.0), (INF, 100.0))) == (1.0, 1.0, INF)


def test_bounds_below_nought_are_where_they_are() -> None:
    assert histogram_quantile(0.5, ((-1.0, 90.0), (1.0, 100.0), (INF, 100.0))) == (-1, -1, -1)


def test_counts_that_fall_stay_where_they_are() -> None:
    found = histogram_quantile(0.5, ((0.1, 10.0), (0.5, 9.0), (1.0, 20.0), (INF, 20.0)))
    assert found is not None
    assert found.value == pytest.approx(0.1)


@pytest.mark.parametrize(
    "buckets",
    [(), ((INF, 3.0),), ((0.1, 1.0), (0.5, 2.0)), ((0.1, 0.0), (INF, 0.0))],
)
def test_a_histogram_that_counted_nothing_has_no_quantile(
    buckets: tuple[tuple[float, float], ...],
) -> None:
    assert histogram_quantile(0.99, buckets) is None


@given(
    st.lists(st.tuples(st.floats(0.001, 1e3), st.floats(0, 1e3)), min_size=1, max_size=30),
    st.floats(0.001, 0.999),
)
def test_a_quantile_lies_within_its_edges(rows: list[tuple[float, float]], share: float) -> None:
    total = sum(count for _, count in rows) + 1
    found = histogram_quantile(share, (*dict(rows).items(), (INF, total)))
    assert found is not None
    assert found.least <= found.value * (1 + 1e-9)
    assert found.value <= found.most * (1 + 1e-9)


def samples(*series: Series, **told: bool) -> Samples:
    times = [point.time for one in series for point in one.points]
    return Samples({"m": series}, min(times), max(times), **told)


def test_the_worst_server_counts() -> None:
    taken = samples(
        Series({"pod": "a"}, points((0, 0.1), (10, 0.2))),
        Series({"pod": "b"}, points((0, 0.9), (10, math.nan))),
        Series({"pod": "c"}, points((0, math.nan))),
    )
    ask = Question(Reading.WORST, "m")
    assert answer(ask, taken, 10, 10) == ((INF, 0.9),)
    assert answer(ask._replace(equal=(("pod", "c"),)), taken, 10, 10) == ()


def test_buckets_of_all_servers_are_added() -> None:
    taken = samples(
        *(
            Series({"pod": pod, "le": le}, points((0, 0), (10, grown)))
            for pod, le, grown in (
                *(("a", "0.5", 5), ("a", "+Inf", 6), ("b", "0.50", 1)),
                *(("b", "+Inf", 2), ("c", "wide", 9)),
            )
        )
    )
    ask = Question(Reading.BUCKETS, "m")
    assert answer(ask, taken, 10, 10) == ((0.5, 6), (INF, 8))


def test_a_single_page_tells_what_happened_since_the_start() -> None:
    taken = samples(Series({}, points((0, 7))), lifetime=True)
    assert answer(Question(Reading.INCREASE, "m"), taken, 0, 0) == ((INF, 7),)


def test_what_was_not_there_at_first_was_nought() -> None:
    old, new = Series({"err": "a"}, points((0, 1), (1, 3))), Series({"err": "b"}, points((1, 4)))
    ask = Question(Reading.INCREASE, "m")
    assert answer(ask, samples(old, new, complete=True), 1, 1) == ((INF, 2 + 4),)
    assert answer(ask, samples(old, new), 1, 1) == ((INF, 2),)


def test_a_question_is_an_expression() -> None:
    ask = Question(
        Reading.BUCKETS, "a:b_bucket", (("job", 'x"\\\n'),), (("r", "er+or"),), (("s", "t|u"),)
    )
    chosen = '{job="x\\"\\\\\\n",r=~"er+or",s!~"t|u"}'
    assert selector(ask) == chosen
    assert promql(ask, 90) == f"sum by (le) (rate(a:b_bucket{chosen}[90000ms]))"
    assert promql(Question(Reading.INCREASE, "m"), 1.5) == "sum(increase(m[1500ms]))"


@pytest.mark.parametrize(
    ("labels", "chosen"),
    [
        ({"job": "x", "r": "error"}, True),
        ({"job": "x", "r": "error", "s": ""}, True),
        ({"r": "error"}, False),
        ({"job": "x", "r": "my error"}, False),
        ({"job": "x", "r": "error", "s": "u"}, False),
    ],
)
def test_labels_are_matched_whole(labels: dict[str, str], *, chosen: bool) -> None:
    ask = Question(Reading.WORST, "m", (("job", "x"),), (("r", "er+or"),), (("s", "t|u"),))
    assert ask.selects(labels) is chosen
