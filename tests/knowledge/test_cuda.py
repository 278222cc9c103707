from __future__ import annotations

from itertools import pairwise

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.reference import ImageReference, parse_reference
from imagelint.knowledge.cuda import (
    CudaTag,
    cuda_in_image,
    cuda_of_image,
    cuda_of_torch,
    driver_floor,
    driver_match,
    is_cuda_repository,
    is_cuda_upstream,
    is_deleted,
    parse_cuda,
    parse_cuda_tag,
    wheel_architectures,
)
from imagelint.knowledge.tables import table
from imagelint.knowledge.versions import compare_versions, version_key


def image(text: str) -> ImageReference:
    reference = parse_reference(text)
    assert reference is not None
    return reference


@pytest.mark.parametrize(
    ("text", "cuda"),
    [
        ("nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04", (12, 4, 1)),
        ("nvidia/cuda:13.0.2-base-ubuntu24.04", (13, 0, 2)),
        ("nvidia/cuda:11.8-runtime", (11, 8)),
        ("registry.example.com/mirror/nvidia/cuda:12.1.0-base", (12, 1, 0)),
        ("pytorch/pytorch:2.4.0-cuda12.4-cudnn9-devel", (12, 4)),
        ("vllm/vllm-openai:v0.30.0-cu129", (12, 9)),
        ("lmsysorg/sglang:v0.5.10-cu129-amd64", (12, 9)),
        ("openmmlab/lmdeploy:latest-cu12", (12,)),
        ("rayproject/ray:2.24.0-py310-cu118", (11, 8)),
        ("ghcr.io/ggml-org/llama.cpp:server-cuda13", (13,)),
        ("example.com/x:cuda-12.6.3", (12, 6, 3)),
    ],
)
def test_tags(text: str, cuda: tuple[int, ...]) -> None:
    assert cuda_of_image(image(text)) == Known(cuda)


@pytest.mark.parametrize(
    "text",
    [
        "nvidia/cuda",
        "nvidia/cuda:latest",
        "python:3.12",
        "ubuntu:22.04",
        "x/y:cucumber12",
        "x/y:cu1",
        "x/y:cu12900",
        "ghcr.io/ggml-org/llama.cpp:server-cuda-b9060",
    ],
)
def test_tags_that_do_not_tell(text: str) -> None:
    assert cuda_of_image(image(text)) is UNKNOWN


def test_a_tag_taken_apart() -> None:
    devel = parse_cuda_tag("12.4.1-cudnn8-devel-ubuntu22.04")
    assert devel == CudaTag((12, 4, 1), "devel", cudnn=True, system="ubuntu22.04")
    base = parse_cuda_tag("12.4.1-base-ubi9")
    assert base == CudaTag((12, 4, 1), "base", cudnn=False, system="ubi9")
    assert parse_cuda_tag("12.4.1") == CudaTag((12, 4, 1), "", cudnn=False, system="")
    assert parse_cuda_tag("latest") is None
    assert parse_cuda_tag("12.4.1rc") is None


def test_repositories() -> None:
    assert is_cuda_repository(image("nvidia/cuda:12.4.1-base"))
    assert is_cuda_repository(image("example.com/m/nvidia/cuda:12.4.1-base"))
    assert not is_cuda_repository(image("example.com/notnvidia/cuda:1"))
    assert is_cuda_upstream(image("nvcr.io/nvidia/cuda:12.4.1-base"))
    assert not is_cuda_upstream(image("example.com/nvidia/cuda:12.4.1-base"))


@pytest.mark.parametrize(
    ("cuda", "floor"),
    [
        ((13, 0, 2), "580.65.06"),
        ((12, 1), "525.60.13"),
        ((12,), "525.60.13"),
        ((11, 8), "450.80.02"),
        ((10, 2), "440.33"),
        ((10, 1), None),
        ((9,), None),
    ],
)
def test_floors(cuda: tuple[int, ...], floor: str | None) -> None:
    assert driver_floor(cuda) == floor


@pytest.mark.parametrize(
    ("cuda", "driver"),
    [
        ((12, 4, 1), "550.54.15"),
        ((12, 4), "550.54.14"),
        ((12, 1, 1), "530.30.02"),
        ((12, 1, 0), "530.30.02"),
        ((12, 6, 2), "560.35.03"),
        ((13, 3), "610"),
        ((13, 4, 1), "615"),
        ((11, 8, 0), "520.61.05"),
        ((13, 0, 3), "580.95.05"),
        ((11, 0), "450.36.06"),
        ((12,), None),
        ((12, 7), None),
        ((10, 2), None),
    ],
)
def test_matches(cuda: tuple[int, ...], driver: str | None) -> None:
    assert driver_match(cuda) == driver


def test_every_driver_can_be_compared_and_none_is_below_its_floor() -> None:
    for name, driver in table("cuda")["matches"].items():
        if name == "source":
            continue
        cuda = parse_cuda(name)
        assert cuda is not None
        floor = driver_floor(cuda)
        assert floor is not None
        key, lowest = version_key(driver), version_key(floor)
        assert key is not None
        assert lowest is not None
        # CUDA 11.0 itself ran on drivers before the first patch of its branch.
        assert key >= lowest or cuda[:2] == (11, 0)


def test_numbers() -> None:
    assert parse_cuda("12.4.1") == (12, 4, 1)
    assert parse_cuda("12") == (12,)
    assert parse_cuda("12.x") is None
    assert parse_cuda("") is None


def test_wheels() -> None:
    assert "10.0" not in wheel_architectures("cu126")
    assert "7.0" not in wheel_architectures("cu128")
    assert wheel_architectures("cu90") == ()
    assert wheel_architectures("source") == ()


def test_deleted() -> None:
    assert is_deleted((10, 2))
    assert not is_deleted((12, 4, 1))


@pytest.mark.parametrize(
    ("text", "cuda"),
    [
        ("nvcr.io/nvidia/tritonserver:24.05-trtllm-python-py3", (12, 3, 2)),
        ("nvcr.io/nvidia/tritonserver:24.05-vllm-python-py3", (12, 4, 1)),
        ("nvcr.io/nvidia/tritonserver:25.08-py3-min", (13, 0, 1)),
        ("nvcr.io/nvidia/pytorch:23.10-py3", (12, 2, 1)),
        ("nvcr.io/nvidia/pytorch:22.12-py3", (11, 8, 0)),
        ("vllm/vllm-openai:v0.19.1", (12, 9)),
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
def test_images_of_a_release(text: str, cuda: tuple[int, ...] | None) -> None:
    reference = parse_reference(text)
    assert reference is not None
    assert cuda_in_image(reference) == cuda


@pytest.mark.parametrize(
    ("version", "cuda"),
    [("2.0.1", (11, 7)), ("2.1.0", (12, 1)), ("2.9.1", (12, 8)), ("2.11.0", (13, 0))],
)
def test_the_wheels_of_torch(version: str, cuda: tuple[int, ...]) -> None:
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
