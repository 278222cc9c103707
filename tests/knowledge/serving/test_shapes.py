"""What models keep of a sequence, against numbers that follow from their own configurations."""

from __future__ import annotations

import pytest

from imagelint.knowledge.serving.shapes import divides_heads, model_shape
from imagelint.knowledge.tables import table

TWO_BYTES = 2.0


@pytest.mark.parametrize(
    ("model", "tokens", "gigabytes"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", 131_072, 17.18),
        ("meta-llama/Meta-Llama-3.1-70B", 131_072, 42.95),
        ("Qwen/Qwen3-235B-A22B-FP8", 40_960, 7.88),
        ("deepseek-ai/DeepSeek-V3", 163_840, 11.51),
        ("openai/gpt-oss-120b", 131_072, 4.84),
        ("Qwen/Qwen3.5-27B", 262_144, 17.18),
        ("deepseek-ai/DeepSeek-V4-Pro", 131_072, 0.0),
    ],
)
def test_what_is_kept(model: str, tokens: int, gigabytes: float) -> None:
    shape = model_shape(model)
    assert shape is not None
    assert shape.kept_gb(tokens, TWO_BYTES) == pytest.approx(gigabytes, abs=0.01)


@pytest.mark.parametrize(
    "model", ["acme/own-7b", "acme/DeepSeek-R1-Distill-Own", "Qwen/Qwen2.5-VL-7B", "xqwen3-8b"]
)
def test_other_models_are_not_known(model: str) -> None:
    assert model_shape(model) is None


def test_as_many_tokens_fit_as_take_no_more_than_the_room() -> None:
    for row in table("model_shapes")["shapes"]:
        shape = model_shape(row["name"])
        assert shape is not None
        assert shape.name == row["name"]
        tokens = shape.tokens_in(1.0, TWO_BYTES)
        assert 0 <= tokens <= shape.context
        assert shape.kept_gb(tokens, TWO_BYTES) <= 1.0
        more = tokens + 1024
        assert more > shape.context or shape.kept_gb(more, TWO_BYTES) > 1.0


def test_latent_attention_is_kept_by_every_gpu_of_a_group() -> None:
    latent, usual = model_shape("DeepSeek-R1"), model_shape("Qwen3-32B")
    assert latent is not None
    assert usual is not None
    assert (latent.shares(8, 2), usual.shares(16, 2)) == (2, 16)


def test_heads_are_divided_or_copied() -> None:
    shape = model_shape("microsoft/phi-4")
    assert shape is not None
    assert [count for count in range(1, 41) if shape.is_divided_by(count)] == [1, 2, 5, 10, 20, 40]
    assert divides_heads("vllm")
    assert not divides_heads("ollama")


def test_a_tag_of_a_library_may_be_one_of_the_small_ones_of_a_family() -> None:
    assert model_shape("deepseek-r1:14b") is None
    assert model_shape("deepseek-ai/DeepSeek-R1") is not None
