from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.reference import parse_reference
from imagelint.knowledge.versions import (
    at_least,
    compare_versions,
    engine_version,
    hinted_version,
    version_key,
)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("525.60.13", "525.105.17"),
        ("0.9.2", "0.10.0"),
        ("0.11.0rc1", "0.11.0"),
        ("0.11.0.dev3", "0.11.0rc1"),
        ("0.11.0a1", "0.11.0b1"),
        ("0.5.10", "0.5.10.post1"),
        ("0.5.10.post1", "0.5.11"),
        ("1.3.0rc9", "1.3.0rc17"),
        ("26.06", "26.07"),
        ("25.12", "26.01"),
        ("b8491", "b8492"),
        ("0.40.1-rc1", "0.40.1"),
        ("v0.14.0", "0.14.1"),
        ("1.2", "1.2.1"),
        ("550", "550.54.14"),
    ],
)
def test_older_and_newer(older: str, newer: str) -> None:
    assert compare_versions(older, newer) == -1
    assert compare_versions(newer, older) == 1
    assert at_least(newer, older) is True
    assert at_least(older, newer) is False


@pytest.mark.parametrize(
    ("left", "right"), [("1.2", "1.2.0"), ("v1.2.0", "1.2.0"), ("2.6.0+cu129", "2.6.0")]
)
def test_equal(left: str, right: str) -> None:
    assert compare_versions(left, right) == 0
    assert at_least(left, right) is True


@pytest.mark.parametrize("text", ["", "latest", "nightly", "1.x", "1.2.3.", "٣.٤", "1" * 10])
def test_no_version(text: str) -> None:
    assert version_key(text) is None
    assert compare_versions(text, "1.0") is None
    assert compare_versions("1.0", text) is None
    assert at_least(text, "1.0") is None


@given(st.text(max_size=30))
def test_no_text_raises(text: str) -> None:
    key = version_key(text)
    assert key is None or compare_versions(text, text) == 0


@pytest.mark.parametrize(
    ("engine", "image", "version"),
    [
        ("vllm", "vllm/vllm-openai:v0.30.0", "0.30.0"),
        ("vllm", "vllm/vllm-openai:v0.30.0-cu129", "0.30.0"),
        ("vllm", "vllm/vllm-openai:v0.11.0-x86_64", "0.11.0"),
        ("vllm", "vllm/vllm-openai:v0.6.3.post1", "0.6.3.post1"),
        ("sglang", "lmsysorg/sglang:v0.5.10.post1", "0.5.10.post1"),
        ("sglang", "lmsysorg/sglang:v0.5.10-cu129-amd64", "0.5.10"),
        ("triton", "nvcr.io/nvidia/tritonserver:26.06-vllm-python-py3", "26.06"),
        ("tensorrt-llm", "nvcr.io/nvidia/tensorrt-llm/release:1.3.0rc17", "1.3.0rc17"),
        ("ollama", "ollama/ollama:0.40.1-rocm", "0.40.1"),
        ("llama.cpp", "ghcr.io/ggml-org/llama.cpp:server-cuda-b9060", "9060"),
        ("llama.cpp", "ghcr.io/ggml-org/llama.cpp:server-b9060", "9060"),
        ("tgi", "ghcr.io/huggingface/text-generation-inference:3.3.7-rocm", "3.3.7"),
        ("lmdeploy", "openmmlab/lmdeploy:v0.10.2-cu12", "0.10.2"),
        ("ray", "rayproject/ray-llm:2.52.0-py311-cu128", "2.52.0"),
        ("kserve-hf", "kserve/huggingfaceserver:v0.16.0-gpu", "0.16.0"),
        ("nim", "nvcr.io/nim/meta/llama-3.1-70b-instruct:1.3.3", "1.3.3"),
        ("torchserve", "pytorch/torchserve:0.12.0-gpu", "0.12.0"),
    ],
)
def test_tags_of_engines(engine: str, image: str, version: str) -> None:
    reference = parse_reference(image)
    assert reference is not None
    assert engine_version(engine, reference) == Known(version)
    assert version_key(version) is not None


@pytest.mark.parametrize(
    ("engine", "image"),
    [
        ("vllm", "vllm/vllm-openai"),
        ("vllm", "vllm/vllm-openai:latest"),
        ("vllm", "vllm/vllm-openai:nightly-abc"),
        ("vllm", "vllm/vllm-openai:cu130-nightly"),
        ("vllm", "vllm/vllm-openai:latest-x86_64"),
        ("vllm", "lmcache/vllm-openai:v0.11.0"),
        ("vllm", "registry.redhat.io/rhaiis/vllm-cuda-rhel9:3.2.1"),
        ("vllm", "ollama/ollama:0.40.1"),
        ("tgi", "ghcr.io/huggingface/text-generation-inference:3.3"),
        ("llama.cpp", "ghcr.io/ggml-org/llama.cpp:server-cuda"),
        ("tei", "ghcr.io/huggingface/text-embeddings-inference:cpu-latest"),
        ("vllm", "python:3.12"),
    ],
)
def test_tags_that_say_no_version(engine: str, image: str) -> None:
    reference = parse_reference(image)
    assert reference is not None
    assert engine_version(engine, reference) is UNKNOWN


@pytest.mark.parametrize(
    ("engine", "image", "hint"),
    [
        ("vllm", "lmcache/vllm-openai:v0.11.0", "0.11.0"),
        ("vllm", "r.io/a/vllm-openai-nixl:v0.10.2-nixl-0.7.1-ucx-1.19.0", "0.10.2"),
        ("vllm", "r.io/a/vllm-openai:kvcache-v0.8.5-20250520", "0.8.5"),
        ("llama.cpp", "r.io/a/llama.cpp:b4000-1.2.3", "1.2.3"),
        ("vllm", "r.io/a/vllm-openai:2025-05-05-v1", ""),
        ("vllm", "r.io/a/vllm-openai:1.2.3.4", ""),
        ("vllm", "ghcr.io/llm-d/llm-d-cuda:v0.6.0", ""),
        ("sglang", "r.io/a/vllm-openai:v0.11.0", ""),
        ("vllm", "r.io/a/vllm", ""),
    ],
)
def test_hints_of_tags(engine: str, image: str, hint: str) -> None:
    reference = parse_reference(image)
    assert reference is not None
    assert hinted_version(engine, reference) == hint
