from __future__ import annotations

import pytest

from imagelint.knowledge.engines import engine, engines
from imagelint.knowledge.serving.metrics import (
    bare_metrics,
    exporter_of,
    find_series,
    is_metric,
    metric_meaning,
    near_metric,
    shown_metric,
)
from imagelint.knowledge.tables import table

ROWS = [
    (exporter, row) for exporter in table("metrics")["exporters"] for row in exporter["metrics"]
]


@pytest.mark.parametrize(("exporter", "row"), ROWS, ids=[row["name"] for _, row in ROWS])
def test_a_row_is_found_under_its_own_name(exporter: dict[str, str], row: dict[str, str]) -> None:
    found = find_series(row["name"])
    assert found is not None
    assert (found.metric.name, found.metric.exporter.name) == (row["name"], exporter["name"])
    instead = row.get("instead", "")
    if instead and "(" not in instead:
        known = find_series(instead)
        assert known is not None
        assert not known.metric.gone


# Engines whose metrics stand in no table: their names (`QueueTime`, `Response_2XX`) have nothing in
# common by which they would be known as theirs.
UNREAD = {"djl"}


@pytest.mark.parametrize("name", engines())
def test_the_metrics_of_every_engine_are_known(name: str) -> None:
    shown = engine(name).metrics
    own = {row["engine"] for row in table("metrics")["exporters"]}
    known = shown is None or name in own or any(is_metric(one) for one in shown.prefixes)
    assert known is not (name in UNREAD), (
        f"an exporter with what {name} shows in knowledge/metrics.toml, or its name in UNREAD"
    )


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("vllm", "vllm:num_requests_waiting"),
        ("nim", "vllm:num_requests_waiting"),  # it runs that one
        ("sglang", "sglang:num_queue_reqs"),
        ("tensorrt-llm", "trtllm_num_requests_waiting"),
        ("triton", "nv_inference_pending_request_count"),
        ("tei", "te_queue_size"),
        ("djl", ""),
    ],
)
def test_who_waits_is_told_by_a_metric(name: str, metric: str) -> None:
    shown = engine(name).metrics
    assert shown is not None
    assert shown_metric(name, shown.prefixes, "waiting") == metric


def test_names_without_a_prefix_stand_for_metrics_of_known_engines() -> None:
    for name, bare in bare_metrics().items():
        assert exporter_of(name) is None
        assert bare.engine in engines()
        assert find_series(bare.metric) is not None


def test_engines_of_exporters_are_known() -> None:
    names = {row["engine"] for row in table("metrics")["exporters"]} - {""}
    assert names <= set(engines())
    for row in table("metrics")["exporters"]:
        known = engine(row["engine"]) if row["engine"] else None
        assert known is None or known.metrics is not None


@pytest.mark.parametrize(
    ("name", "metric", "exists"),
    [
        ("vllm:num_requests_waiting", "vllm:num_requests_waiting", True),
        ("vllm:time_to_first_token_seconds", "vllm:time_to_first_token_seconds", False),
        ("vllm:time_to_first_token_seconds_bucket", "vllm:time_to_first_token_seconds", True),
        ("vllm:iteration_tokens_total_sum", "vllm:iteration_tokens_total", True),
        ("vllm:prompt_tokens", "vllm:prompt_tokens_total", False),
        ("vllm:prompt_tokens_created", "", False),
        ("vllm:num_requests_waiting_bucket", "vllm:num_requests_waiting", False),
        ("nv_inference_queue_summary_us_count", "nv_inference_queue_summary_us", True),
        ("tgi_request_count", "tgi_request_count", True),
        # A gauge before SGLang 0.5.10, a histogram since.
        ("sglang:kv_transfer_latency_ms", "sglang:kv_transfer_latency_ms", True),
        ("sglang:kv_transfer_latency_ms_bucket", "sglang:kv_transfer_latency_ms", True),
        ("nv_llm_input_token_len", "nv_llm_input_token_len", False),
        ("nv_model_load_duration_secs", "nv_model_load_duration_secs", True),
        ("xinference:input_tokens_total_counter", "xinference:input_tokens_total_counter", True),
        ("up", "", False),
    ],
)
def test_what_a_name_asks_for(name: str, metric: str, exists: bool) -> None:  # noqa: FBT001 - a case
    found = find_series(name)
    assert (found.metric.name if found else "") == metric
    assert (found.exists if found else False) is exists


@pytest.mark.parametrize(
    ("name", "exporter"),
    [
        ("vllm:what_is_new", "vllm"),
        ("ray_vllm_num_requests_running", "ray-vllm"),
        ("nv_trt_llm_request_metrics", "tensorrt-llm"),
        ("nv_inference_count", "triton"),
        ("http_requests_total", ""),
    ],
)
def test_exporters_by_prefix(name: str, exporter: str) -> None:
    found = exporter_of(name)
    assert (found.name if found else "") == exporter
    assert is_metric(name) is bool(exporter)


def test_the_metric_that_was_meant() -> None:
    assert near_metric("vllm:num_request_waiting") == "vllm:num_requests_waiting"
    assert near_metric("vllm:time_to_first_tokens_seconds_bucket") == (
        "vllm:time_to_first_token_seconds_bucket"
    )
    assert near_metric("vllm:entirely_another") == ""
    assert near_metric("num_request_waiting") == ""


def test_meanings() -> None:
    found = metric_meaning("sglang", "waiting")
    assert found is not None
    assert found.name == "sglang:num_queue_reqs"
    assert metric_meaning("sglang", "nothing") is None
