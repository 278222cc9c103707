from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Program


def test_weights_and_cache_are_told_for_each_gpu(program: Program) -> None:
    answer = program("size", "Qwen/Qwen3-32B", "--gpu", "H100", "--gpu", "l4")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "Qwen/Qwen3-32B: 32 billion parameters",
        "weights   64.0 GB in memory, 64.0 GB to download",
        "KV cache  10.7 GB: 1 * 40960 tokens",
        "",
        "GPU                memory  GPUs   weights   cache     left  GB of each",
        "H100 NVL            100.9     1      64.0    10.7     16.1",
        "H100                 85.0     1      64.0    10.7      1.8",
        "L4                   24.2     4      16.0     2.7      3.1",
    ]


def test_what_is_asked_for_is_computed(program: Program) -> None:
    told = ("--tp", "2", "--max-model-len", "16k", "--sequences", "4", "--kv-cache-dtype", "fp8")
    answer = json.loads(program("size", "Qwen/Qwen3-32B", *told, "--gpu", "L4", "--json").out)
    assert (answer["tokens"], answer["sequences"], answer["shape"]["layers"]) == (16_000, 4, 64)
    assert answer["cache"] == pytest.approx(64 * 2 * 8 * 128 * 16_000 * 4 / 1e9)
    assert [(row["gpu"], row["gpus"]) for row in answer["gpus"]] == [("L4", 2)]
    assert answer["gpus"][0]["left"] < 0


def test_what_does_not_fit_is_told(program: Program) -> None:
    out = program("size", "Qwen/Qwen3-32B", "--tp", "1", "--gpu", "T4").out
    assert out.endswith("does not fit\n")


def test_what_is_quantised_while_it_is_loaded_is_downloaded_whole(program: Program) -> None:
    out = program("size", "Qwen/Qwen3-32B", "--quantization", "fp8", "--gpu", "L4").out
    assert "weights   33.0 GB in memory, 64.0 GB to download" in out


def test_a_cache_that_is_not_known_is_told_to_be_so(program: Program) -> None:
    out = program("size", "acme/own-7b", "--gpu", "L4").out
    assert "weights   14.0 GB in memory" in out
    assert "KV cache  not known for this model" in out


def test_a_size_that_is_not_known_is_no_answer(program: Program) -> None:
    answer = program("size", "acme/own")
    assert (answer.code, answer.out) == (3, "")
    assert "the size of acme/own is not known" in answer.err


def test_what_is_no_length_is_refused(program: Program) -> None:
    assert program("size", "Qwen/Qwen3-32B", "--max-model-len", "long").code == 2
