from __future__ import annotations

from itertools import pairwise

import pytest

from imagelint.core.reference import parse_reference
from imagelint.knowledge.bundled_cuda import cuda_in_image, cuda_of_torch
from imagelint.knowledge.cuda import driver_floor, parse_cuda
from imagelint.knowledge.tables import table
from imagelint.knowledge.versions import compare_versions


@pytest.mark.parametrize(
    ("text", "cuda"),
    [
        ("nvcr.io/nvidia/tritonserver:24.05-trtllm-python-py3", (12, 3, 2)),
        ("nvcr.io/nvidia/tritonserver:24.05-vllm-python-py3", (12, 4, 1)),
        ("nvcr.io/nvidia/tritonserver:25.08-py3-min", (13, 0, 1)),
        ("nvcr.io/nvidia/pytorch:23.10-py3", (12, 2, 1)),
        ("nvcr.io/nvidia/pytorch:22.12-py3", (11, 8, 0)),
        ("vllm/vllm-openai:v0.19.1", (12,)),
        ("vllm/vllm-openai:v0.20.0-x86_64", (13, 0)),
        ("ghcr.io/huggingface/text-generation-inference:3.3.5", (12, 4)),
        ("vllm/vllm-openai:latest", None),
        ("vllm/vllm-openai-rocm:v0.20.0", None),
        ("ghcr.io/huggingface/text-generation-inference:3.3.5-rocm", None),
        ("nvcr.io/nvidia/tritonserver:19.01-py3", None),
        ("nvcr.io/nvidia/k8s-device-plugin:v0.17.0", None),
        ("example.com/mirror/pytorch:24.05-py3", None),
    ],
)
def test_images(text: str, cuda: tuple[int, ...] | None) -> None:
    reference = parse_reference(text)
    assert reference is not None
    assert cuda_in_image(reference) == cuda


@pytest.mark.parametrize(
    ("version", "cuda"),
    [("2.0.1", (11, 7)), ("2.1.0", (12, 1)), ("2.9.1", (12, 8)), ("2.11.0", (13, 0))],
)
def test_torch(version: str, cuda: tuple[int, ...]) -> None:
    assert cuda_of_torch(version) == cuda


def test_torch_before_the_table() -> None:
    assert cuda_of_torch("1.12.1") is None


def test_the_tables_are_in_order_and_have_a_floor() -> None:
    tables = [row["since"] for row in table("cuda")["bundled"]]
    torch = dict(table("cuda")["torch"])
    assert torch.pop("source")
    for since in (*tables, torch):
        for (release, cuda), (later, newer) in pairwise(since.items()):
            assert (compare_versions(release, later) or 0) < 0
            assert (compare_versions(cuda, newer) or 0) < 0
        for cuda in since.values():
            parsed = parse_cuda(cuda)
            assert parsed is not None
            assert driver_floor(parsed) is not None
