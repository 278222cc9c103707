from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.knowledge.models import model_name, native_bytes, parameters_of
from imagelint.knowledge.tables import table
from imagelint.knowledge.weights import bytes_of_name, bytes_per_weight, checkpoint_bytes, gigabytes
from tests.knowledge.spellings import SPELLINGS

SIZES = {
    # The number in the name.
    "meta-llama/Llama-3.1-8B-Instruct": 8,
    "meta-llama/Llama-3.3-70B-Instruct": 70,
    "meta-llama/Llama-3.1-405B": 405,
    "meta-llama/Llama-3.2-1B": 1,
    "meta-llama/Llama-2-7b-chat-hf": 7,
    "Qwen/Qwen2.5-7B-Instruct": 7,
    "Qwen/Qwen2.5-0.5B": 0.5,
    "Qwen/Qwen2.5-Coder-32B-Instruct": 32,
    "Qwen/QwQ-32B": 32,
    "Qwen/Qwen2-VL-72B-Instruct": 72,
    "OpenGVLab/InternVL2_5-78B": 78,
    "google/gemma-2-9b-it": 9,
    "google/gemma-3-27b-it": 27,
    "tiiuae/falcon-180B": 180,
    "mosaicml/mpt-7b-8k": 7,
    "TinyLlama/TinyLlama-1.1B-Chat-v1.0": 1.1,
    "HuggingFaceTB/SmolLM2-1.7B": 1.7,
    "EleutherAI/gpt-neox-20b": 20,
    "bigcode/starcoder2-15b": 15,
    "mistralai/Mistral-7B-Instruct-v0.3": 7,
    "mistralai/Mistral-Small-24B-Instruct-2501": 24,
    "THUDM/GLM-4-32B-0414": 32,
    "nvidia/Llama-3_1-Nemotron-Ultra-253B-v1": 253,
    "nvidia/Llama-3_3-Nemotron-Super-49B-v1": 49,
    "stabilityai/stablelm-2-1_6b": 1.6,
    "internlm/internlm2-chat-1_8b": 1.8,
    # Active parameters do not count.
    "Qwen/Qwen3-30B-A3B": 30,
    "Qwen/Qwen3-235B-A22B-FP8": 235,
    "ibm-granite/granite-3b-a800m": 3,
    "Qwen/Qwen1.5-MoE-A2.7B": 14.3,
    # Of several the largest.
    "allenai/OLMoE-1B-7B-0924": 7,
    # A distillation is named after its teacher.
    "deepseek-ai/DeepSeek-R1-Distill-Llama-70B": 70,
    "deepseek-ai/DeepSeek-R1-0528-Qwen3-8B": 8,
    "someone/DeepSeek-R1-Distill": None,
    # Mixtures.
    "mistralai/Mixtral-8x7B-Instruct-v0.1": 46.7,
    "mistralai/Mixtral-8x22B-v0.1": 140.6,
    "someone/Mix-4x3B": 12,
    # Millions, unless they are a length of context.
    "google/gemma-3-270m-it": 0.27,
    "bigscience/bloom-560m": 0.56,
    "facebook/opt-125m": 0.125,
    "HuggingFaceTB/SmolLM2-135M-Instruct": 0.135,
    "EleutherAI/pythia-14m": 0.014,
    "Qwen/Qwen2.5-7B-Instruct-1M": 7,
    "THUDM/glm-4-9b-chat-1m": 9,
    "internlm/internlm2_5-7b-chat-1m": 7,
    "someone/chat-1m": None,
    # Lengths of context, formats, versions.
    "01-ai/Yi-34B-200K": 34,
    "gradientai/Llama-3-8B-Instruct-Gradient-1048k": 8,
    "someone/model-128k": None,
    "unsloth/Qwen3-8B-bnb-4bit": 8,
    "someone/model-4bit": None,
    "someone/model-w4a16": None,
    "TheBloke/Llama-2-7B-Chat-AWQ": 7,
    "someone/llama-2-13b.Q4_K_M.gguf": 13,
    # Numbers that mislead.
    "meta-llama/Llama-4-Scout-17B-16E-Instruct": 109,
    "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8": 400,
    "google/gemma-3n-E4B-it": 8,
    "openai/gpt-oss-120b": 117,
    "openai/gpt-oss-20b": 21,
    "gpt-oss:20b": 21,
    # No number at all.
    "deepseek-ai/DeepSeek-R1": 671,
    "deepseek-ai/DeepSeek-V3-0324": 671,
    "deepseek-ai/DeepSeek-V3.1": 671,
    "deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct": 15.7,
    "moonshotai/Kimi-K2-Instruct-0905": 1000,
    "databricks/dbrx-instruct": 132,
    "CohereForAI/c4ai-command-r-plus-08-2024": 104,
    "CohereForAI/c4ai-command-r7b-12-2024": 8,
    "mistralai/Mistral-Large-Instruct-2411": 123,
    "microsoft/phi-4": 14.7,
    "microsoft/Phi-4-mini-instruct": 3.8,
    "microsoft/Phi-3-mini-128k-instruct": 3.8,
    "microsoft/Phi-3.5-MoE-instruct": 41.9,
    "gpt2": 0.12,
    "openai-community/gpt2-xl": 1.5,
    "unknown/model": None,
    "x/notgpt2": None,
    "": None,
    # Places.
    "llama3.1:70b": 70,
    "nvcr.io/nim/meta/llama-3.1-70b-instruct:1.3": 70,
    "/models/Llama-3-70b/": 70,
    "s3://bucket/70b/Qwen2.5-14B-Instruct": 14,
    "oci://registry/org/m-8b@sha256:abc": 8,
    "org/m-7b@main": 7,
    "/mnt/models": None,
    "/cache/hub/models--Qwen--Qwen3-8B/snapshots/" + "a" * 40: 8,
    "someone/Giant-1T": 1000,
}


def test_the_table_is_long_enough() -> None:
    assert len(SIZES) >= 60


@pytest.mark.parametrize(("name", "billions"), SIZES.items(), ids=lambda value: str(value)[-40:])
def test_parameters(name: str, billions: float | None) -> None:
    assert parameters_of(name) == billions


@pytest.mark.parametrize("section", ["misleading", "numberless"])
def test_every_name_in_the_table_finds_itself(section: Literal["misleading", "numberless"]) -> None:
    for name, billions in table("models")[section].items():
        assert parameters_of(f"org/{name.upper()}-Instruct") == billions


def test_the_name_is_the_last_part() -> None:
    assert model_name("a/b/c@rev/d") == "c"
    assert model_name("///") == ""


LOADED = {"fp8": 1.03, "bitsandbytes": 0.56}


@pytest.mark.parametrize(
    ("name", "quantization", "dtype", "size"),
    [
        ("org/Llama-70B", None, None, 2.0),
        ("org/Llama-70B", None, "bfloat16", 2.0),
        ("org/Llama-70B", None, "float32", 4.0),
        ("org/Llama-70B", "fp8", None, 1.03),
        ("org/Llama-70B", "FP8", None, 1.03),
        ("org/Llama-70B", "bitsandbytes", None, 0.56),
        ("org/Llama-70B", "compressed-tensors", None, None),
        ("org/Llama-70B", "source", None, None),
        ("org/Llama-70B-AWQ", None, None, 0.56),
        ("org/Llama-70B-AWQ", "awq_marlin", None, 0.56),
        ("org/Llama-70B-GPTQ-Int8", "gptq", None, 1.03),
        ("org/Llama-70B-GPTQ-Int4", None, None, 0.56),
        ("org/Llama-70B-quantized.w4a16", "compressed-tensors", None, 0.56),
        ("org/Llama-70B-quantized.w8a8", "compressed-tensors", None, 1.03),
        ("org/Llama-70B-FP8-dynamic", None, None, 1.03),
        ("org/Llama-70B-NVFP4", None, None, 0.56),
        ("org/Llama-70B-bnb-4bit", None, None, 0.56),
        ("/m/llama-70b.Q4_K_M.gguf", None, None, 0.56),
        ("/m/llama-70b.IQ4_XS.gguf", None, None, 0.56),
        ("/m/llama-70b-Q8_0.gguf", None, None, 1.03),
        ("/m/llama-70b-Q6_K.gguf", None, None, 0.82),
        ("/m/llama-70b-Q5_K_S.gguf", None, None, 0.71),
        ("/m/llama-70b-Q3_K_L.gguf", None, None, 0.49),
        ("/m/llama-70b-Q2_K.gguf", None, None, 0.40),
        ("/m/llama-70b.gguf", None, None, None),
        ("org/Llama-70B-exl2", None, None, None),
        ("org/Llama-70B-bf16", None, None, 2.0),
        ("org/Llama-70B-bf16", "fp8", None, 1.03),
        ("org/Llama-70B-fp32", None, None, 4.0),
        ("openai/gpt-oss-120b", None, None, 0.56),
        ("org/gpt-oss-120b-BF16", None, None, 2.0),
        ("moonshotai/Kimi-K2-Instruct-0905", None, None, 1.03),
        ("moonshotai/Kimi-K2-Thinking", None, None, 0.58),
        ("deepseek-ai/DeepSeek-R1", None, None, 1.03),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", None, None, 2.0),
        ("llama3.3:70b", None, None, 0.56),
        ("ollama://deepseek-r1:14b", None, None, 0.56),
        ("registry.ollama.ai/library/qwen3:32b", None, None, 0.56),
        ("docker.io/ai/qwen3:8B", None, None, 0.56),
        ("qwen3:32b-q8_0", None, None, 1.03),
        ("gpt-oss:20b", None, None, 0.56),
        ("llama3.2:1b", None, None, None),
        ("gpt-oss:120b-cloud", None, None, None),
        ("minimax-m2:cloud", None, None, None),
        ("nvcr.io/nim/meta/llama-3.1-70b-instruct:1.8.0", None, None, 2.0),
    ],
)
def test_bytes_per_weight(
    name: str, quantization: str | None, dtype: str | None, size: float | None
) -> None:
    assert bytes_per_weight(name, quantization, dtype, LOADED) == size


@pytest.mark.parametrize(
    ("name", "quantization", "size"),
    [
        ("org/Llama-70B", None, 2.0),
        ("org/Llama-70B", "awq", 0.56),
        ("org/Llama-70B", "compressed-tensors", None),
        ("org/Llama-70B", "source", None),
        ("org/Llama-70B-AWQ", None, 0.56),
        ("org/Llama-70B-AWQ", "gptq", 0.56),
        ("org/Llama-70B-bf16", None, 2.0),
        ("org/Llama-70B-bf16", "mxfp4", 0.56),
        ("org/Llama-70B-exl2", None, None),
        ("deepseek-ai/DeepSeek-R1", None, 1.03),
    ],
)
def test_bytes_of_the_checkpoint(name: str, quantization: str | None, size: float | None) -> None:
    assert checkpoint_bytes(name, quantization) == size


def test_weights() -> None:
    assert gigabytes("org/Llama-70B", 2.0) == 140
    assert gigabytes("org/Llama-70B-AWQ", 0.56) == pytest.approx(39.2)
    assert gigabytes("org/unknown", 2.0) is None
    assert gigabytes("org/Llama-70B-exl2", None) is None
    assert bytes_of_name("org/plain") is None
    assert native_bytes("org/plain") is None


@settings(max_examples=150)
@given(st.text(max_size=60) | st.from_regex(r"[0-9xBbMm._-]{0,40}", fullmatch=True))
def test_no_name_raises(name: str) -> None:
    size = gigabytes(name, bytes_per_weight(name))
    assert size is None or size >= 0
    size = gigabytes(name, checkpoint_bytes(name))
    assert size is None or size >= 0


# As far as a publisher's own number may be from what a card counts: `gemma-2-2b` has 2.6 billion.
ROUNDED = 0.25


@pytest.mark.parametrize(("name", "billions"), SPELLINGS.items())
def test_no_real_spelling_is_taken_for_another_size(name: str, billions: float | None) -> None:
    found = parameters_of(name)
    assert found is None or (billions is not None and abs(found - billions) <= ROUNDED * billions)


def test_most_real_spellings_are_known() -> None:
    told = [name for name, billions in SPELLINGS.items() if billions is not None]
    known = [name for name in told if parameters_of(name) is not None]
    assert len(SPELLINGS) >= 150
    assert len(known) >= 0.9 * len(told)
