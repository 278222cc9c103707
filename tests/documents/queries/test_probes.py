from __future__ import annotations

import pytest

from imagelint.documents.queries.probes import (
    answers_early,
    generates,
    generation_in,
    healthcheck_budget,
    need,
    probe_budget,
)
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml
from tests.documents.queries.manifests import pod, vllm


def place(text: str) -> Cursor:
    return Cursor(load_yaml(text)[0])


@pytest.mark.parametrize(
    ("probe", "seconds"),
    [
        ("{}", 30),
        ("{initialDelaySeconds: 60}", 90),
        ("{periodSeconds: 5, failureThreshold: 60}", 300),
        ("{periodSeconds: 0}", 30),
        ("{failureThreshold: '${N}'}", None),
    ],
)
def test_the_time_of_a_probe(probe: str, seconds: float | None) -> None:
    budget = probe_budget(place(probe))
    assert (budget.seconds if budget else None) == seconds


@pytest.mark.parametrize(
    ("check", "seconds"),
    [
        ("{test: curl x}", 90),
        ("{test: [CMD, curl], start_period: 1m30s, interval: 10s, retries: 5}", 140),
        ("{test: curl x, interval: 0s}", 90),
        ("{test: [NONE]}", None),
        ("{test: NONE}", None),
        ("{test: curl x, disable: true}", None),
        ("{interval: 5s}", None),
        ("{test: curl x, interval: often}", None),
    ],
)
def test_the_time_of_a_health_check(check: str, seconds: float | None) -> None:
    budget = healthcheck_budget(place(check))
    assert (budget.seconds if budget else None) == seconds


def test_the_sum_is_said() -> None:
    budget = probe_budget(place("{initialDelaySeconds: 30, periodSeconds: 5}"))
    assert budget is not None
    assert budget.words == "30 s + 5 s * 3 failures = 45 s"


def test_the_need_follows_the_size() -> None:
    assert need(vllm(args="--model, m/m-3b")).seconds == 180
    assert need(vllm()).seconds == 300
    assert need(vllm(args="--model, m/m-70b")).seconds == 600
    assert need(vllm(args="--model, m/m-405b")).seconds == 1200
    assert need(vllm(args="--model, /m/m-405b")).seconds == 600
    assert not need(vllm(args="--model, m/m")).sized


def test_what_generates() -> None:
    server = vllm()
    assert generates(server, place("{httpGet: {path: /health}}")) is None
    found = generates(server, place("{httpGet: {path: '/v1/completions/?a=b'}}"))
    assert found is not None
    assert found[1] == "/v1/completions/?a=b"
    assert generation_in(server, ["curl http://a/health", "wget https://a:1/v1/completions"]) == (
        "/v1/completions"
    )


def test_what_answers_before_the_model_is_there() -> None:
    sglang = pod("image: 'lmsysorg/sglang:v1', command: [sglang, serve, m/m-8b]")
    triton = pod("image: 'nvcr.io/nvidia/tritonserver:26.06-py3', command: [tritonserver]")
    port, live = place("{tcpSocket: {port: 1}}"), place("{httpGet: {path: /v2/health/live}}")
    assert answers_early(sglang, port)
    assert not answers_early(sglang, place("{httpGet: {path: /health}}"))
    assert answers_early(triton, live)
    assert not answers_early(vllm(), port)
