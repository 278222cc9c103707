from __future__ import annotations

import pytest

from imagelint.knowledge.engines import engine
from imagelint.knowledge.serving.evidence import (
    engine_of_choice,
    engine_of_flags_together,
    engine_of_variables,
    engine_of_words,
    stands_in,
)
from imagelint.knowledge.tables import table

ROWS = table("engines/index")["evidence"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["engine"])
def test_what_speaks_for_an_engine_is_written_as_it_is_asked_for(row: dict[str, list[str]]) -> None:
    known = engine(str(row["engine"]))
    for together in row["flags"]:
        assert {known.canonical(flag) for flag in together} == set(together), "main names"
    for lowered in (*row["image_words"], *row["formats"], *row["default_formats"]):
        assert lowered == lowered.lower()
        assert lowered.strip("*")


def test_no_word_and_no_format_speaks_for_two() -> None:
    for key in ("image_words", "formats", "default_formats"):
        every = [value for row in ROWS for value in row[key]]
        assert len(every) == len(set(every))


@pytest.mark.parametrize(
    ("flags", "name"),
    [
        ("model tensor-parallel-size", "vllm"),
        ("model tp", "vllm"),
        ("model tensor-parallel-size mem-fraction-static", "sglang"),
        ("model-path tp-size", "sglang"),
        ("model-id num-shard", "tgi"),
        ("model-id pooling", "tei"),
        ("m ngl", "llama.cpp"),
        ("model", ""),
        ("model-id", ""),
        ("port host", ""),
        ("", ""),
    ],
)
def test_flags(flags: str, name: str) -> None:
    assert engine_of_flags_together(frozenset(flags.split())) == name


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ("MODEL_ID NUM_SHARD", "tgi"),
        ("MODEL_ID NUM_SHARD HF_TOKEN", "tgi"),
        ("MODEL_ID AUTO_TRUNCATE", "tei"),
        ("LLAMA_ARG_MODEL", "llama.cpp"),
        ("NIM_CACHE_PATH", "nim"),
        ("MODEL_ID", ""),
        ("", ""),
    ],
)
def test_variables(variables: str, name: str) -> None:
    assert engine_of_variables(frozenset(variables.split())) == name


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("my-vllm", "vllm"),
        ("py310-cu118-vllm0.7.0", "vllm"),
        ("VLLM", "vllm"),
        ("huggingface-text-generation-inference-cu124.2-3", "tgi"),
        ("tgi-gaudi", "tgi"),
        ("torchserve-tpu", "torchserve"),
        ("tensorrt-llm-backend", "tensorrt-llm"),
        ("vllms", ""),
        ("xvllm", ""),
        ("vllm-router", ""),
        ("llm-gateway-vllm", ""),
        ("", ""),
    ],
)
def test_words_in_names(image: str, name: str) -> None:
    assert engine_of_words(image) == name


@pytest.mark.parametrize(
    ("runtime", "model_format", "name"),
    [
        ("", "pytorch", "torchserve"),
        ("", "huggingface", "kserve-hf"),
        ("", "vLLM", "vllm"),
        ("my-runtime", "vLLM", "vllm"),
        ("my-runtime", "pytorch", ""),
        ("team-sglang", "huggingface", "sglang"),
        ("nvidia-nim-llama3-8b", "nvidia-nim-llama3-8b", "nim"),
        ("", "nvidia-nim-nv-embedqa-e5-v5", "nim-embedding"),
        ("", "onnx", ""),
        ("", "", ""),
    ],
)
def test_choices_of_kserve(runtime: str, model_format: str, name: str) -> None:
    assert engine_of_choice(runtime, model_format) == name


@pytest.mark.parametrize(
    ("word", "name", "stands"),
    [
        ("tgi", "tgi", True),
        ("tgi", "my-tgi-2", True),
        ("tgi", "tgi2", True),
        ("tgi", "mytgi-tgi", True),
        ("tgi", "mytgi", False),
        ("tgi", "tgis", False),
        ("tgi", "", False),
    ],
)
def test_a_word_stands_with_no_letter_beside_it(*, word: str, name: str, stands: bool) -> None:
    assert stands_in(word, name) is stands
