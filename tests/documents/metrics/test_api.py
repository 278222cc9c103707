from __future__ import annotations

import json
import math

import pytest

from imagelint.documents.metrics import saved
from imagelint.documents.metrics.api import ApiError, read_answer, rows_by_time, single
from imagelint.documents.metrics.exposition import Limit
from imagelint.documents.metrics.saved import SampleReader


def body(result: object, **more: object) -> str:
    return json.dumps({"status": "success", "data": {"result": result}, **more})


MATRIX = [{"metric": {"__name__": "m", "le": "0.5"}, "values": [[1, "2"], [2.5, "NaN"]]}]


def test_a_range_has_a_time_for_each_value() -> None:
    first, second = read_answer(body(MATRIX)).samples
    assert (first.name, first.labels, first.value, first.time) == ("m", {"le": "0.5"}, 2.0, 1.0)
    assert math.isnan(second.value)


def test_an_instant_has_one_value() -> None:
    (sample,) = read_answer(body([{"metric": {}, "value": [3, "+Inf"]}])).samples
    assert (sample.name, sample.value, sample.time) == ("", math.inf, 3.0)


def test_rows_are_the_buckets_of_a_time() -> None:
    rows = [
        {"metric": {"le": "0.5"}, "values": [[1, "2"], [2, "3"]]},
        {"metric": {"le": "+Inf"}, "values": [[1, "4"]]},
        {"metric": {"le": "wide"}, "values": [[1, "9"]]},
    ]
    assert rows_by_time(read_answer(body(rows))) == {
        1.0: ((0.5, 2.0), (math.inf, 4.0)),
        2.0: ((0.5, 3.0),),
    }


def test_a_single_value_is_a_number_or_none() -> None:
    assert single(((math.inf, 3.0),)) == 3.0
    assert single(((math.inf, math.nan),)) is None
    assert single(()) is None


def test_warnings_are_kept() -> None:
    assert read_answer(body([], warnings=["a store was away"])).warnings == ("a store was away",)
    assert read_answer(body([], warnings="a store was away")).warnings == ("a store was away",)
    assert read_answer(body([], warnings=[], isPartial=False)).warnings == ()


def test_the_mark_of_an_answer_that_is_a_part_is_kept() -> None:
    assert read_answer(body([], isPartial=True)).warnings == ("isPartial",)


@pytest.mark.parametrize("pair", [[1, 10**400], [10**400, "1"], [math.nan, "1"], [math.inf, "1"]])
def test_numbers_that_nothing_holds_are_told(pair: list[object]) -> None:
    with pytest.raises(ApiError, match="no number"):
        read_answer(body([{"metric": {}, "value": pair}]))


def test_bounds_that_are_no_number_are_no_bounds() -> None:
    rows = [{"metric": {"le": "NaN"}, "value": [1, "2"]}]
    assert rows_by_time(read_answer(body(rows))) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html>", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not that of a Prometheus"),
        ('{"message": "hello"}', "not that of a Prometheus"),
        ('{"status": "error", "errorType": "timeout", "error": "too slow"}', "timeout: too slow"),
        ('{"status": "error"}', "no reason given"),
        ('{"status": "success"}', "no result"),
        (body({}), "no result"),
        (body([3]), "without a metric"),
        (body([{"value": [1, "2"]}]), "without a metric"),
        (body([{"metric": {}, "values": 3}]), "no list"),
        (body([{"metric": {}, "value": [1]}]), "no number"),
        (body([{"metric": {}, "value": [1, "many"]}]), "no number"),
        (body([{"metric": {}, "value": [1, None]}]), "no number"),
    ],
)
def test_what_is_no_answer_is_told(text: str, said: str) -> None:
    with pytest.raises(ApiError, match=said):
        read_answer(text)


def read(text: str) -> SampleReader:
    reader = SampleReader({"m"})
    reader.take(b"")
    reader.take(text.encode())
    return reader


def test_answers_may_be_saved() -> None:
    rows = [*MATRIX, {"metric": {"__name__": "other"}, "value": [1, "2"]}]
    assert [sample.name for sample in read(f"\n {body(rows)}").samples()] == ["m", "m"]


def test_pages_may_be_saved() -> None:
    assert [sample.value for sample in read("m 3\n").samples()] == [3]


def test_a_part_of_the_whole_is_no_answer() -> None:
    with pytest.raises(ValueError, match="part of the whole: a store"):
        read(body([], warnings=["a store was away"])).samples()


def test_saved_answers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "_MOST_JSON", 10)
    with pytest.raises(Limit, match="10 bytes of JSON"):
        read(body(MATRIX))


def histogram(*buckets: object, count: object = "10") -> str:
    said = {"count": count, "sum": "1", "buckets": buckets}
    row = {"metric": {"__name__": "h"}, "histogram": [5, said]}
    return json.dumps({"status": "success", "data": {"result": [row]}})


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (
            histogram([0, "1", "2", "3"], [0, "4", "8", "6"]),
            {1: 0, 2: 3, 4: 3, 8: 9, math.inf: 10},
        ),
        (
            histogram([0, "-Inf", "0.5", "8"], [0, "0.5", "+Inf", "2"]),
            {0: 0, 0.5: 8, math.inf: 10},
        ),
        (histogram(count="0"), {math.inf: 0}),
    ],
)
def test_a_native_histogram_is_read_as_cumulative_counts(
    text: str, counts: dict[float, float]
) -> None:
    (rows,) = rows_by_time(read_answer(text)).values()
    assert dict(rows) == counts


@pytest.mark.parametrize(
    "text",
    [
        histogram([0, "a", "2", "3"]),
        histogram([0, "1", "2"]),
        histogram("xy"),
        histogram(count=None),
        histogram().replace('"histogram": [', '"histograms": ["x", '),
        histogram()
        .replace('"histogram"', '"histograms"')
        .replace("[5", "5, [")
        .replace("]}]", "}]"),
    ],
)
def test_what_is_no_histogram_is_told(text: str) -> None:
    with pytest.raises(ApiError):
        read_answer(text)
