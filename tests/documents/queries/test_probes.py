from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import Known
from imagelint.documents.queries.probes import (
    answers_early,
    failure_budget,
    generates,
    need,
)
from tests.documents.queries.manifests import pod, servers, vllm

if TYPE_CHECKING:
    from imagelint.documents.runtime.probe import Probe


def liveness(text: str) -> Probe:
    found = vllm(f"livenessProbe: {text}").launch.runtime.probes.liveness
    assert isinstance(found, Known)
    probe: Probe = found.value
    return probe


def health(text: str) -> Probe:
    service = "services: {s: {image: 'ollama/ollama:0.40.1', healthcheck: %s}}"
    found = servers(service % text)[0].launch.runtime.probes.startup
    assert isinstance(found, Known)
    probe: Probe = found.value
    return probe


@pytest.mark.parametrize(
    ("probe", "seconds"),
    [
        ("{}", 30),
        ("{initialDelaySeconds: 60}", 90),
        ("{periodSeconds: 5, failureThreshold: 60}", 300),
        ("{periodSeconds: 0}", 30),
        ("{failureThreshold: '${N}'}", None),
        ("{periodSeconds: '${N}'}", None),
        ("{initialDelaySeconds: '${N}'}", None),
    ],
)
def test_the_time_of_a_probe(probe: str, seconds: float | None) -> None:
    budget = failure_budget(liveness(probe))
    assert (budget.seconds if budget else None) == seconds


@pytest.mark.parametrize(
    ("check", "seconds"),
    [
        ("{test: curl x}", 90),
        ("{test: [CMD, curl], start_period: 1m30s, interval: 10s, retries: 5}", 140),
        ("{test: curl x, interval: 0s}", 90),
        ("{test: curl x, disable: false}", 90),
        ("{test: [NONE]}", None),
        ("{test: NONE}", None),
        ("{test: curl x, disable: true}", None),
        ("{test: curl x, disable: '${X}'}", None),
        ("{interval: 5s}", None),
        ("{test: curl x, interval: often}", None),
    ],
)
def test_the_time_of_a_health_check(check: str, seconds: float | None) -> None:
    budget = failure_budget(health(check))
    assert (budget.seconds if budget else None) == seconds


def test_the_sum_is_said() -> None:
    budget = failure_budget(liveness("{initialDelaySeconds: 30, periodSeconds: 5}"))
    assert budget is not None
    assert budget.words == "30 s + 5 s * 3 failures = 45 s"
    budget = failure_budget(health("{test: curl x, start_period: 500ms, interval: 2s}"))
    assert budget is not None
    assert budget.words == "0.5 s + 2 s * 3 retries = 6.5 s"


def test_the_need_follows_the_size() -> None:
    assert need(vllm(args="--model, m/m-3b")).seconds == 180
    assert need(vllm()).seconds == 300
    assert need(vllm(args="--model, m/m-70b")).seconds == 600
    assert need(vllm(args="--model, m/m-405b")).seconds == 1200
    assert need(vllm(args="--model, /m/m-405b")).seconds == 600
    assert not need(vllm(args="--model, m/m")).sized


def test_what_generates() -> None:
    server = vllm()
    assert generates(server, liveness("{httpGet: {path: /health}}")) is None
    found = generates(server, liveness("{httpGet: {path: '/v1/completions/?a=b'}}"))
    assert found is not None
    assert found[1] == "/v1/completions/?a=b"
    command = "{exec: {command: [sh, -c, 'curl http://a:1/generate']}}"
    assert (
        generates(
            pod("image: 'lmsysorg/sglang:v1', command: [sglang, serve, m/m-8b]"), liveness(command)
        )
        is not None
    )
    assert generates(server, health("{test: 'curl http://a:1/v1/completions'}")) is not None
    off = "{test: 'curl http://a:1/v1/completions', disable: true}"
    assert generates(server, health(off)) is None


def test_what_answers_before_the_model_is_there() -> None:
    port, live = liveness("{tcpSocket: {port: 1}}"), liveness("{httpGet: {path: /v2/health/live}}")
    ready = liveness("{httpGet: {path: /v2/health/ready}}")
    sglang = pod("image: 'lmsysorg/sglang:v1', command: [sglang, serve, m/m-8b]")
    llama = pod("image: 'ghcr.io/ggml-org/llama.cpp:server', args: [-m, /m.gguf]")
    kserve = pod("image: 'kserve/huggingfaceserver:v0.17.0', args: [--model_id=m/m-8b]")
    assert answers_early(llama, port)
    assert not answers_early(llama, liveness("{httpGet: {path: /health}}"))
    assert (answers_early(kserve, live), answers_early(kserve, ready)) == (True, False)
    assert not any(answers_early(sglang, probe) for probe in (port, live, ready))
    for word, early in (("-z", True), ("-w1", False)):
        command = f"{{exec: {{command: [nc, {word}, localhost, '8080']}}}}"
        assert answers_early(llama, liveness(command)) == early
    curl = "{exec: {command: [sh, -c, 'curl -fs localhost:8080%s']}}"
    assert answers_early(kserve, liveness(curl % "/v2/health/live"))
    assert not answers_early(kserve, liveness(curl % "/v2/health/ready"))
    assert not answers_early(vllm(), port)


def test_a_server_that_loads_nothing_at_the_start_answers_at_once() -> None:
    def early(*words: str) -> bool:
        command = f"[tritonserver, --model-repository=/m, {', '.join(words)}]"
        server = pod(f"image: 'nvcr.io/nvidia/tritonserver:26.06-py3', command: {command}")
        return answers_early(server, liveness("{httpGet: {path: /v2/health/ready}}"))

    assert not early()
    assert not early("--model-control-mode=none")
    assert not early("--model-control-mode=poll")
    assert early("--model-control-mode=explicit")
    assert early("--model-control-mode", "explicit")
    assert early("--model-control-mode=$(MODE)")
    assert not early("--model-control-mode=explicit", "--load-model=m")
    assert not early("--model-control-mode=explicit", "--load-model", "'*'")
