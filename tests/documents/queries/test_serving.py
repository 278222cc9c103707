from __future__ import annotations

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known, value_or
from imagelint.documents.queries.serving import (
    gpu_count,
    gpus_in_words,
    is_commit,
    is_offline,
    place_of,
    pods_of_server,
    setting,
    spelling,
    title,
    variable_of,
    workers,
)
from tests.documents.queries.manifests import pod, servers, vllm


def test_the_last_variable_counts_and_absence_needs_all() -> None:
    server = vllm("env: [{name: A, value: x}, {name: A, value: y}]")
    assert value_or(setting(server, "A"), "") == "y"
    assert setting(server, "B") is ABSENT
    assert setting(vllm("envFrom: [{configMapRef: {name: c}}]"), "B") is UNKNOWN


@pytest.mark.parametrize("value", ["1", "true", "YES"])
def test_offline_is_a_word_that_means_yes(value: str) -> None:
    assert is_offline(vllm(f"env: [{{name: HF_HUB_OFFLINE, value: '{value}'}}]"))


def test_offline_is_not_assumed() -> None:
    assert not is_offline(vllm("env: [{name: HF_HUB_OFFLINE, value: '0'}]"))


@pytest.mark.parametrize("revision", [Known("a" * 39), Known("A" * 40), ABSENT, UNKNOWN])
def test_a_commit_is_forty_digits(revision: Fact[str]) -> None:
    assert not is_commit(revision)
    assert is_commit(Known("a1" * 20))


@pytest.mark.parametrize(
    ("resources", "count"),
    [
        ("limits: {nvidia.com/gpu: 4}", 4),
        ("limits: {nvidia.com/gpu: 500m}", UNKNOWN),
        ("claims: [{name: gpu}]", UNKNOWN),
        ("limits: {memory: 1Gi}", ABSENT),
    ],
)
def test_gpus_are_whole_or_unknown(resources: str, count: object) -> None:
    found = gpu_count(vllm(f"resources: {{{resources}}}"), per_node=8)
    assert (found.value if isinstance(found, Known) else found) == count


def test_all_gpus_of_a_host_are_what_the_policy_says() -> None:
    server = servers("services: {s: {image: 'ollama/ollama:0.40.1', gpus: all}}")[0]
    assert gpu_count(server) is UNKNOWN
    assert value_or(gpu_count(server, per_node=8), 0) == 8


def test_processes_in_one_container() -> None:
    two = "resources: {limits: {nvidia.com/gpu: 2}}"
    model = "--model, m/m-8b"
    assert value_or(workers(vllm(two, f"{model}, -tp, '4'")), 0) == 4
    ray = f"{model}, -tp, '4', --distributed-executor-backend, ray"
    assert value_or(workers(vllm(two, ray)), 0) == 4
    joined = f"{two}, env: [{{name: RAY_ADDRESS, value: 'head:6379'}}]"
    assert value_or(workers(vllm(joined, ray)), 0) == 2
    assert (
        workers(vllm("env: [{name: RAY_ADDRESS, value: a}], resources: {claims: [{name: g}]}", ray))
        is UNKNOWN
    )
    assert workers(vllm(two, f"{model}, -tp, $(TP)")) is UNKNOWN
    tgi = pod(f"image: 'ghcr.io/huggingface/text-generation-inference:3.3.7', {two}")
    assert value_or(workers(tgi), 0) == 2


def test_pods_of_a_server_that_an_operator_forms_are_unknown() -> None:
    text = """\
apiVersion: ray.io/v1
kind: RayCluster
spec:
  workerGroupSpecs:
    - template:
        spec:
          containers: [{name: s, image: "vllm/vllm-openai:v1", args: [--model, m]}]
"""
    assert pods_of_server(servers(text)[0]) is UNKNOWN


def test_neighbours_are_containers_and_sidecars() -> None:
    server = pod(
        "image: 'vllm/vllm-openai:v1'}, {name: other, ports: []",
        spec="initContainers: [{name: init}, {name: mesh, restartPolicy: Always}]",
    )
    runtime = server.launch.runtime
    found = [(one.name, one.declares_ports) for one in runtime.details.together.containers]
    assert sorted(found)[-3:] == [("mesh", False), ("other", True), ("s", False)]
    assert runtime.has_neighbours
    assert runtime.neighbours_declare_ports
    compose = servers("services: {s: {image: 'ollama/ollama:0.40.1'}}")[0]
    assert not compose.launch.runtime.has_neighbours


def test_a_default_is_placed_at_the_server() -> None:
    server = vllm()
    assert place_of(server, Known(8000)).span == server.span
    assert place_of(server, server.model).span == server.span


def test_words() -> None:
    assert (gpus_in_words(1), gpus_in_words(2)) == ("1 GPU", "2 GPUs")
    assert title(vllm()) == "vLLM"
    unknown = pod(
        "image: 'x/y:1', ports: [{containerPort: 1}], resources: {limits: {nvidia.com/gpu: 1}}"
    )
    assert title(unknown) == "the server"


def test_a_server_is_told_in_the_way_in_which_it_is_told_already() -> None:
    ollama = pod("image: 'ollama/ollama:0.40.1'")
    assert spelling(ollama, "host", "a") == "OLLAMA_HOST=a"
    image = "image: 'ghcr.io/huggingface/text-generation-inference:3.3.7'"
    flags = pod(f"{image}, args: [--model-id, org/m-8b]")
    variables = pod(f"{image}, env: [{{name: MODEL_ID, value: org/m-8b}}]")
    told = pod(f"{image}, args: [--model-id, org/m-8b], env: [{{name: REVISION, value: main}}]")
    assert spelling(flags, "revision", "a") == "--revision a"
    assert spelling(pod(image), "revision", "a") == "--revision a"
    assert spelling(variables, "revision", "a") == "REVISION=a"
    assert spelling(told, "revision", "a") == "REVISION=a"
    assert spelling(vllm(), "host", "a") == "--host a"
    assert variable_of(vllm(), "no-such-flag") == ""
