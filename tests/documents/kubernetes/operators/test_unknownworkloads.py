"""Objects of operators that nobody knows."""

from __future__ import annotations

import pytest

from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest

HEAD = "apiVersion: ai.example.com/v1\nkind: Server\nmetadata: {name: llm}\nspec:\n"


@pytest.mark.parametrize(
    "spec",
    [
        "  {model: Qwen/Qwen3-8B, gpus: 2}",
        "  {modelName: Qwen/Qwen3-8B, engine: vllm}",
        "  {baseModel: {uri: hf://Qwen/Qwen3-8B}, gpuCount: 4}",
        "  {engine: {imageName: 'vllm/vllm-openai:v0.30.0', args: [--model, a]}}",
        "  {pool: {a: {b: {image_ref: 'example.com/a:1'}}}, num_gpus: 1}",
        "  {containerImage: 'example.com/a:1', replicas: 2}",
        "  {image: {value: 'example.com/a:1'}, arguments: {value: --model a}}",
        "  {modelId: a, worker: {nvidia.com/gpu: 1}}",
        "  {components: [{name: llm, properties: {image: 'example.com/a:1', cmd: [serve]}}]}",
    ],
)
def test_what_runs_a_model_or_an_image_and_is_not_read_is_told(spec: str) -> None:
    told = parse_manifest(Source("a.yaml", HEAD + spec)).unread()
    message = "this Server seems to run a container or a model, and was not examined"
    assert [one.message for one in told] == [message]
    assert "ai.example.com" in told[0].help


@pytest.mark.parametrize(
    "spec",
    [
        "  {modelName: a, weight: 3}",
        "  {baseModel: a, replicas: 1}",
        "  {limits: {nvidia.com/gpu: 8}}",
        "  {image: true, args: [a]}",
        "  {rules: [{pattern: {image: 'example.com/a:1', resources: a}}]}",
        "  {a: {b: {c: {d: {e: {f: {model: a, gpus: 1}}}}}}}",
        "  {model: null, gpus: 1}",
        "  {image: {value: a}, arguments: {value: b}}",
        "  [a]",
    ],
)
def test_what_only_speaks_of_one_is_not(spec: str) -> None:
    assert parse_manifest(Source("a.yaml", HEAD + spec)).unread() == ()


def test_a_table_says_what_becomes_of_the_objects_of_a_known_operator() -> None:
    text = HEAD.replace("ai.example.com", "ray.io") + "  {model: a, gpus: 2}"
    assert parse_manifest(Source("a.yaml", text)).unread() == ()


def test_objects_with_pods_are_read() -> None:
    text = HEAD + "  {model: a, gpus: 2, containers: [{name: a, image: 'example.com/a:1'}]}"
    assert parse_manifest(Source("a.yaml", text)).unread() == ()
