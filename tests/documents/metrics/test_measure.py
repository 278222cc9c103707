from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from imagelint.core.serving.scorecard import SIGNALS, Point
from imagelint.documents.metrics.exposition import Sample, from_pages
from imagelint.documents.metrics.measure import Measured, engines_in, measure, wanted_names
from imagelint.documents.metrics.over import SampleAnswers
from imagelint.knowledge.engines import engines
from imagelint.knowledge.serving.metrics import find_series
from imagelint.knowledge.serving.signals import metrics_of, scored_engines, signal_metrics

if TYPE_CHECKING:
    from collections.abc import Mapping

Page = list[Sample]


def counted(name: str, value: float, time: float | None = None, **labels: str) -> Sample:
    return Sample(name, labels, value, time)


def buckets(name: str, counts: Mapping[str, float], time: float | None = None) -> Page:
    return [counted(f"{name}_bucket", count, time, le=bound) for bound, count in counts.items()]


def told(engine: str, signal: str, *pages: Page) -> Measured:
    samples = from_pages(pages)
    return measure(engine, signal, frozenset(samples.series), (), SampleAnswers(samples))


TTFT = "vllm:time_to_first_token_seconds"


def test_a_percentile_comes_with_the_edges_of_its_bucket() -> None:
    found = told("vllm", "ttft-p99", buckets(TTFT, {"0.5": 90, "1.0": 100, "+Inf": 100}))
    assert found.value == pytest.approx(0.95)
    assert (found.least, found.most, found.metric) == (0.5, 1.0, f"{TTFT}_bucket")


def test_milliseconds_become_seconds() -> None:
    rows = buckets("nv_inference_first_response_histogram_ms", {"100": 0, "500": 10, "+Inf": 10})
    found = told("triton", "ttft-p99", rows)
    assert found.value == pytest.approx(0.496)
    assert (found.least, found.most) == (0.1, 0.5)


def test_only_what_came_between_two_pages_counts() -> None:
    before = buckets(TTFT, {"0.5": 100, "1.0": 100, "+Inf": 100})
    after = buckets(TTFT, {"0.5": 100, "1.0": 200, "+Inf": 200})
    found = told("vllm", "ttft-p99", before, after)
    assert found.value == pytest.approx(0.995)
    assert found.points == ()


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ({"0.5": 1000, "5": 10, "+Inf": 10}, "the counts of its buckets fall"),
        ({"0.5": 10, "5": 10, "+Inf": math.nan}, "what is no count"),
        ({"0.5": 10, "+Inf": math.inf}, "what is no count"),
        ({"0.5": -10, "+Inf": 10}, "what is no count"),
        ({"-0.5": 10, "+Inf": 10}, "-0.5 cannot be"),
        ({"-Inf": 10, "+Inf": 10}, "cannot be"),
    ],
)
def test_a_histogram_that_cannot_be_tells_nothing(counts: Mapping[str, float], why: str) -> None:
    found = told("vllm", "ttft-p99", buckets(TTFT, counts))
    assert found.value is None
    assert why in found.why


def test_a_bucket_without_a_number_is_none_at_all() -> None:
    found = told("vllm", "ttft-p99", buckets(TTFT, {"0.5": 0, "NaN": 500, "1": 10, "+Inf": 10}))
    assert found.value == pytest.approx(0.995)


def test_buckets_that_fall_by_rounding_are_read() -> None:
    page = buckets(TTFT, {"0.5": 100.00001, "1": 100, "+Inf": 100})
    assert told("vllm", "ttft-p99", page).value == pytest.approx(0.495)


@pytest.mark.parametrize("value", [-5, math.inf, -math.inf, math.nan])
def test_a_counter_that_cannot_be_tells_nothing(value: float) -> None:
    kept = counted("tgi_request_count", 10)
    failed = told("tgi", "error-rate", [kept, counted("tgi_request_failure", value, err="x")])
    assert (failed.value, failed.why) == (None, "a counter holds what is no count")
    ended = told("tgi", "error-rate", [counted("tgi_request_count", value)])
    assert ended.value is None


@pytest.mark.parametrize("value", [-5, math.inf, -math.inf])
def test_a_queue_that_cannot_be_tells_nothing(value: float) -> None:
    assert told("tgi", "queue-depth", [counted("tgi_queue_size", value)]).value is None


def test_an_idle_server_tells_nothing() -> None:
    page = buckets(TTFT, {"0.5": 100, "+Inf": 100})
    found = told("vllm", "ttft-p99", page, page)
    assert (found.value, found.why) == (None, "nothing was observed in the window")


def test_a_histogram_without_its_last_bucket_tells_nothing() -> None:
    found = told("vllm", "ttft-p99", buckets(TTFT, {"0.5": 100}))
    assert found.why == "the histogram has no bucket +Inf"


def test_a_sample_alone_tells_no_rate() -> None:
    rows = buckets(TTFT, {"0.5": 100, "+Inf": 100}, 5.0)
    found = told("vllm", "ttft-p99", [*rows, counted("vllm:num_requests_waiting", 1, 9.0)])
    lone = told("vllm", "ttft-p99", [*rows, counted("nv_x", 1, 8.0), counted("nv_x", 1, 9.0)])
    assert found.value is not None  # a page whose samples have times of their own
    assert lone.why == "there are too few samples in the window"


def test_the_newest_name_that_is_there_is_read() -> None:
    old = buckets("vllm:time_per_output_token_seconds", {"0.1": 10, "+Inf": 10})
    new = buckets("vllm:inter_token_latency_seconds", {"0.2": 10, "+Inf": 10})
    assert told("vllm", "tpot-p99", old).metric == "vllm:time_per_output_token_seconds_bucket"
    assert told("vllm", "tpot-p99", old, new).metric == "vllm:inter_token_latency_seconds_bucket"
    both = told("vllm", "tpot-p99", [*old, *new])
    assert both.metric == "vllm:inter_token_latency_seconds_bucket"


def test_an_older_name_helps_where_the_newer_one_says_nothing() -> None:
    idle = buckets("vllm:inter_token_latency_seconds", {"0.2": 0, "+Inf": 0})
    used = buckets("vllm:time_per_output_token_seconds", {"0.1": 10, "+Inf": 10})
    assert told("vllm", "tpot-p99", [*idle, *used]).value is not None


def test_a_missing_metric_is_unknown() -> None:
    found = told("vllm", "kv-cache-use", buckets(TTFT, {"+Inf": 1}))
    assert found.value is None
    assert found.why == "there is no vllm:kv_cache_usage_perc or vllm:gpu_cache_usage_perc"


def test_a_share_of_what_nothing_counts_is_unknown() -> None:
    page = [counted("vllm:num_preemptions_total", 3)]
    found = told("vllm", "preemptions", page, page)
    assert (found.value, found.why) == (None, "there is no vllm:request_success_total")
    found = told("vllm", "preemptions", [*page, counted("vllm:request_success_total", 9)])
    assert found.value == pytest.approx(1 / 3)


def test_what_an_engine_does_not_tell_is_unknown() -> None:
    found = told("tgi", "ttft-p99", [counted("tgi_queue_size", 1)])
    assert (found.value, found.why) == (None, "tgi has no metric for it")


@pytest.mark.parametrize(("value", "why"), [(0.97, ""), (1.0, ""), (87.0, "87 is no share of 1")])
def test_a_share_is_no_percentage(value: float, why: str) -> None:
    found = told("vllm", "kv-cache-use", [counted("vllm:kv_cache_usage_perc", value)])
    assert found.why == why


def test_labels_choose_among_what_one_metric_tells() -> None:
    page = [
        counted("nv_trt_llm_kv_cache_block_metrics", 4096, kv_cache_block_type="max"),
        counted("nv_trt_llm_kv_cache_block_metrics", 0.4, kv_cache_block_type="fraction"),
    ]
    assert told("triton", "kv-cache-use", page).value == 0.4
    missing = told("triton", "kv-cache-use", page[:1])
    assert missing.why == "there are no samples with kv_cache_block_type=fraction in the window"


def test_failures_are_a_share_of_all_requests() -> None:
    ended = "vllm:request_success_total"
    page = [
        counted(ended, 97, finished_reason="stop"),
        counted(ended, 3, finished_reason="error"),
    ]
    assert told("vllm", "error-rate", page).value == pytest.approx(0.03)
    assert told("vllm", "error-rate", page[:1]).value is None


def test_failures_that_never_happened_have_no_series() -> None:
    assert told("tgi", "error-rate", [counted("tgi_request_count", 50)]).value == 0
    page = [
        counted("tgi_request_count", 50),
        counted("tgi_request_failure", 9, err="validation"),
        counted("tgi_request_failure", 1, err="overloaded"),
    ]
    assert told("tgi", "error-rate", page).value == pytest.approx(0.02)


def test_a_request_that_fails_is_a_request() -> None:
    page = [
        counted("nv_inference_request_success", 90),
        counted("nv_inference_request_failure", 10, reason="BACKEND"),
        counted("nv_inference_request_failure", 100, reason="CANCELED"),
    ]
    assert told("triton", "error-rate", page).value == pytest.approx(10 / 200)
    failed = [counted("trtllm_request_error_total", 3)]
    assert told("tensorrt-llm", "error-rate", failed).value == 1.0


def test_reasons_are_read_as_python_writes_them() -> None:
    ended = "lmdeploy:request_success_total"
    page = [
        counted(ended, 95, finished_reason="ResponseType.FINISH"),
        counted(ended, 4, finished_reason="ResponseType.OUT_OF_MEMORY"),
        counted(ended, 1, finished_reason="ResponseType.CANCEL"),
    ]
    assert told("lmdeploy", "error-rate", page).value == pytest.approx(0.04)


def test_no_request_is_no_rate() -> None:
    ended = [counted("vllm:request_success_total", 0, finished_reason="error")]
    assert told("vllm", "error-rate", ended).why == "no request ended in the window"


def test_preemptions_before_the_first_request_ended_count() -> None:
    page = [
        counted("vllm:request_success_total", 0, finished_reason="stop"),
        counted("vllm:num_preemptions_total", 7),
    ]
    assert told("vllm", "preemptions", page).value == 7


def test_saved_samples_are_plotted() -> None:
    page = [
        counted("vllm:num_requests_waiting", float(at % 7), time=at * 10.0) for at in range(100)
    ]
    found = told("vllm", "queue-depth", page)
    assert found.value == pytest.approx(6)
    assert len(found.points) == 61
    assert isinstance(found.points[0], Point)
    assert found.points[-1].time == pytest.approx(990)


def test_engines_are_known_by_their_metrics() -> None:
    assert engines_in(frozenset({"vllm:num_requests_waiting", "up"})) == ("vllm",)
    assert engines_in(frozenset({"tgi_queue_size", "sglang:token_usage"})) == ("sglang", "tgi")
    assert engines_in(frozenset({"up"})) == ()
    assert "tgi_request_count" in wanted_names()


def test_the_table_speaks_of_signals_and_engines_that_are_known() -> None:
    assert {one.signal for one in signal_metrics()} == set(SIGNALS)
    assert set(scored_engines()) <= set(engines())
    assert set(scored_engines()) == {
        *("vllm", "sglang", "tgi", "triton", "tensorrt-llm", "lmdeploy", "llama.cpp")
    }


@pytest.mark.parametrize("one", signal_metrics(), ids=lambda one: f"{one.signal} {one.metric}")
def test_each_row_is_read(one: object) -> None:
    (metric,) = (each for each in signal_metrics() if each == one)
    assert metric in metrics_of(metric.engine, metric.signal)
    assert (metric.shape == "ratio") is bool(metric.per)
    assert math.isfinite(metric.scale)
    labels = {
        label: pattern.split("|")[-1].strip("()").replace("[.]", ".").replace("?", "")
        for label, pattern in metric.where
    }
    if metric.shape == "histogram":
        page = buckets(metric.metric, {"1": 5, "+Inf": 5})
    else:
        mine = Sample(metric.metric, labels, 0.5)
        # Another reason or kind than that which is asked about.
        page = [mine, *(counted(each, 5, other="yes") for each in metric.per)]
    found = told(metric.engine, metric.signal, page)
    assert found.value is not None
    assert found.metric == metric.names[0]


@pytest.mark.parametrize("name", sorted({name for one in signal_metrics() for name in one.names}))
def test_what_is_read_is_a_series_that_its_engine_shows(name: str) -> None:
    (shape,) = {(one.shape, one.engine) for one in signal_metrics() if name in one.names}
    series = find_series(name)
    assert series is not None
    assert series.exists
    assert series.metric.exporter.engine in (shape[1], "")
    expected = {"histogram": "histogram", "gauge": "gauge", "ratio": "counter"}
    assert series.metric.type == expected[shape[0]]


def test_the_newest_name_is_tried_first() -> None:
    for engine in scored_engines():
        for signal in SIGNALS:
            found = [find_series(one.names[0]) for one in metrics_of(engine, signal)]
            gone = [bool(one.metric.gone or one.metric.deprecated) for one in found if one]
            assert gone == sorted(gone)


def test_native_histograms_of_samples_tell_nothing() -> None:
    found = told("vllm", "ttft-p99", [Sample("vllm:time_to_first_token_seconds", {"le": "1"}, 5)])
    assert (found.value, found.why) == (None, "there are too few samples in the window")
    assert found.metric == "vllm:time_to_first_token_seconds"
