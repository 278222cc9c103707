from __future__ import annotations

from typing import NamedTuple

import pytest

from imagelint.core.reference import ImageReference, parse_reference
from imagelint.knowledge.recognition import (
    EngineProgram,
    RecognisedEngine,
    engine_of_flags,
    engine_of_image,
    engine_of_program,
    forms_cluster,
    predictors,
    pull_length,
    recognise_image,
)


def image(text: str) -> ImageReference:
    reference = parse_reference(text)
    assert reference is not None
    return reference


@pytest.mark.parametrize(
    ("text", "name", "upstream"),
    [
        ("vllm/vllm-openai:v0.11.0", "vllm", True),
        ("vllm/vllm-openai-rocm:v0.11.0", "vllm", True),
        ("lmcache/vllm-openai:latest", "vllm", False),
        ("nvcr.io/nvidia/vllm:25.09-py3", "vllm", False),
        ("ghcr.io/llm-d/llm-d-cuda:v0.3", "vllm", False),
        ("registry.redhat.io/rhaiis/vllm-cuda-rhel9:3", "vllm", False),
        ("ghcr.io/huggingface/text-generation-inference:3.3.5", "tgi", True),
        ("lmsysorg/sglang", "sglang", True),
        ("nvcr.io/nvidia/tritonserver:26.06-py3", "triton", True),
        ("nvcr.io/nvidia/tensorrt-llm/release:1.2.1", "tensorrt-llm", True),
        ("nvcr.io/nim/meta/llama-3.1-8b-instruct:1.8", "nim", True),
        ("nvcr.io/nim/nvidia/nv-embedqa-e5-v5:1", "nim-embedding", True),
        ("ghcr.io/ggml-org/llama.cpp:server-cuda", "llama.cpp", True),
        ("ollama/ollama", "ollama", True),
        ("registry.example.com/ollama/ollama", "ollama", False),
        ("openmmlab/lmdeploy:latest", "lmdeploy", True),
        ("rayproject/ray-llm:2.52.0", "ray", True),
        ("xprobe/xinference:latest", "xinference", True),
        ("763104351884.dkr.ecr.eu-west-1.amazonaws.com/djl-inference:0.33.0", "djl", True),
        ("vllm/vllm-omni:v0.14.0", "vllm", False),
        ("rocm/sglang-rocm:1", "sglang", False),
        ("ghcr.io/huggingface/tgi-gaudi:2.3.1", "tgi", False),
        ("example.com/a/huggingface-text-generation-inference-cu124.2-3", "tgi", False),
        ("kserve/huggingfaceserver:v0.16.0-gpu", "kserve-hf", True),
        ("ghcr.io/huggingface/text-embeddings-inference:1.8", "tei", True),
        ("michaelf34/infinity", "infinity", True),
        ("pytorch/torchserve:latest-gpu", "torchserve", True),
    ],
)
def test_images(*, text: str, name: str, upstream: bool) -> None:
    found = recognise_image(image(text))
    assert found is not None
    assert (found.engine, found.upstream) == (name, upstream)
    assert engine_of_image(image(text)) == name


@pytest.mark.parametrize(
    "text", ["python:3.12", "vllm/vllm-builder", "ubuntu", "nvcr.io/nvidia/pytorch:25.01-py3"]
)
def test_other_images(text: str) -> None:
    assert recognise_image(image(text)) is None
    assert engine_of_image(image(text)) == ""


def test_an_image_may_run_what_it_is_given() -> None:
    assert recognise_image(image("nvcr.io/nvidia/vllm")) == RecognisedEngine(
        "vllm", upstream=False, bare=True
    )


@pytest.mark.parametrize(
    ("words", "program"),
    [
        (["vllm", "serve", "m"], EngineProgram("vllm", 2)),
        (["/opt/bin/vllm", "serve"], EngineProgram("vllm", 2)),
        (["python3", "-u", "-m", "sglang.launch_server", "--x"], EngineProgram("sglang", 4)),
        (["python3.12", "-Om", "vllm.entrypoints.openai.api_server"], EngineProgram("vllm", 3)),
        (["trtllm-serve", "serve", "m"], EngineProgram("tensorrt-llm", 2)),
        (["trtllm-serve", "m"], EngineProgram("tensorrt-llm", 1)),
        (["trtllm-serve", "disaggregated"], EngineProgram("", 2)),
        (["lmdeploy", "serve", "api_server"], EngineProgram("lmdeploy", 3)),
        (["python", "-m", "lmdeploy", "serve", "api_server"], EngineProgram("lmdeploy", 5)),
        (["vllm"], None),
        (["vllm", "bench"], EngineProgram("", 2)),
        (["vllm", "--help"], None),
        (["vllm.entrypoints.openai.api_server", "--port"], EngineProgram("vllm", 1)),
        (["python3", "-m", "dynamo.vllm"], EngineProgram("vllm", 3, worker=True)),
        (["python3", "-m"], None),
        (["python3", "-u"], None),
        (["python3", "-c", "import vllm"], None),
        (["python3", "-c", "-m", "vllm.entrypoints.openai.api_server"], None),
        (["python3", "x.py", "-m", "sglang.launch_server"], None),
        ([], None),
        ([""], None),
    ],
)
def test_programs(words: list[str], program: EngineProgram | None) -> None:
    assert engine_of_program(words) == program


class Other(NamedTuple):
    registry: str
    repository: str
    tag: str


def test_any_reference_will_do() -> None:
    assert engine_of_image(Other("docker.io", "ollama/ollama", "")) == "ollama"


def test_flags_tell_the_engine_where_the_image_is_elsewhere() -> None:
    assert engine_of_flags("InferenceService", ["--x", "--model_name"]) == "kserve-hf"
    assert engine_of_flags("InferenceService", ["--x"]) == ""
    assert engine_of_flags("Deployment", ["--model_name"]) == ""


def test_predictors() -> None:
    assert set(predictors()) == {"huggingface", "pytorch", "triton"}


@pytest.mark.parametrize(
    ("words", "length"),
    [(["ollama", "pull", "m"], 2), (["ollama", "run", "m"], 0), (["docker", "pull"], 0), ([], 0)],
)
def test_commands_that_pull_a_model(words: list[str], length: int) -> None:
    assert pull_length(words) == length


@pytest.mark.parametrize("text", ["ray start --head", "x/ray_cluster.sh", "exec ray start"])
def test_scripts_that_form_a_cluster(text: str) -> None:
    assert forms_cluster(text)
    assert not forms_cluster(text.replace("ray", "array"))
    assert not forms_cluster(text.replace("start", "stop").replace("cluster", "job"))
