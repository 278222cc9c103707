from __future__ import annotations

import pytest

from imagelint.core.fact import Known, value_or
from imagelint.documents.queries.health.asked import (
    asks_server,
    may_listen,
    probes_of,
    requests_of,
    serves_path,
    wants_key,
)
from tests.documents.queries.manifests import pod, servers, vllm


def asked(more: str) -> list[tuple[int | None, str | None]]:
    server = vllm(more)
    runtime = server.launch.runtime
    return [
        (value_or(one.port, None), value_or(one.path, None))
        for probe in probes_of(runtime)
        for one in requests_of(runtime, probe)
    ]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("livenessProbe: {httpGet: {path: '/health?x', port: 8000}}", [(8000, "/health")]),
        ("livenessProbe: {httpGet: {path: health, port: '8000'}}", [(8000, "/health")]),
        ("livenessProbe: {httpGet: {port: web}}", [(None, "/")]),
        (
            "ports: [{containerPort: 8000, name: web}], livenessProbe: {tcpSocket: {port: web}}",
            [(8000, None)],
        ),
        ("livenessProbe: {httpGet: {path: /a, port: 1, host: h}}", []),
        ("livenessProbe: {grpc: {port: 1}}", [(1, None)]),
        ("readinessProbe: {exec: {command: [curl, 'llm:1/a']}}", []),
        ("readinessProbe: {exec: {command: [curl, 'localhost:1/a']}}", [(1, "/a")]),
    ],
)
def test_what_a_probe_asks(more: str, expected: list[tuple[int | None, str | None]]) -> None:
    assert asked(more) == expected


def test_a_service_has_one_check_for_everything() -> None:
    text = "services: {s: {image: 'ollama/ollama:0.40.1', healthcheck: {test: curl localhost}}}"
    assert len(probes_of(servers(text)[0].launch.runtime)) == 1


@pytest.mark.parametrize(
    ("path", "served", "locked"),
    [
        ("/health", True, False),
        ("/v1/models/", True, True),
        ("/healthz", False, False),
        ("/docs", True, False),
    ],
)
def test_which_paths_an_engine_serves(path: str, served: bool, locked: bool) -> None:  # noqa: FBT001
    assert serves_path(vllm(), path) == served
    assert wants_key(vllm(), path) == locked


def test_of_an_unknown_server_nothing_is_denied() -> None:
    server = pod(
        "image: example.com/x:1, ports: [{containerPort: 1}]"
        ", resources: {limits: {nvidia.com/gpu: 1}}"
    )
    assert serves_path(server, "/anything")
    assert not wants_key(server, "/anything")
    assert may_listen(server, 1)


def test_who_may_listen_besides() -> None:
    assert not may_listen(vllm(), 9999)
    assert may_listen(vllm("env: [{name: A, value: 'x:9999'}]"), 9999)


def test_a_request_to_another_port_is_no_request_to_the_server() -> None:
    server = vllm("livenessProbe: {httpGet: {port: 9}}")
    probe = server.launch.runtime.probes.liveness
    assert isinstance(probe, Known)
    (one,) = requests_of(server.launch.runtime, probe.value)
    assert not asks_server(server, one)
