from __future__ import annotations

import pytest

from imagelint.core.reference import parse_reference
from imagelint.knowledge.platforms import (
    Platform,
    platform_of_default_wheel,
    platform_of_image,
    platform_of_index,
    platform_of_wheel,
    torch_in_image,
)

CPU, AMD, INTEL = Platform("cpu"), Platform("amd"), Platform("intel")


def cuda(*release: int) -> Platform:
    return Platform("nvidia", release)


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("rocm/dev-ubuntu-24.04:6.4", AMD),
        ("vllm/vllm-openai-rocm:v0.20.0", AMD),
        ("x/serve:2.1-rocm6.2", AMD),
        ("vault.habana.ai/gaudi-docker/1.20/ubuntu:latest", Platform("gaudi")),
        ("intel/vllm:0.8-xpu", INTEL),
        ("nvidia/cuda:12.8.1-base", cuda(12, 8, 1)),
        ("nvcr.io/nvidia/pytorch:25.08-py3", cuda(13, 0, 1)),
        ("python:3.12", None),
    ],
)
def test_images(text: str, platform: Platform | None) -> None:
    reference = parse_reference(text)
    assert reference is not None
    assert platform_of_image(reference) == platform


@pytest.mark.parametrize(
    ("url", "platform"),
    [
        ("https://download.pytorch.org/whl/cu128", cuda(12, 8)),
        ("https://download.pytorch.org/whl/cu128/", cuda(12, 8)),
        ("https://download.pytorch.org/whl/nightly/cu130", cuda(13, 0)),
        ("https://download.pytorch.org/whl/cu118/torch-2.1.0-cp310.whl", cuda(11, 8)),
        ("https://data.pyg.org/whl/torch-2.7.0+cu128.html", cuda(12, 8)),
        ("https://download.pytorch.org/whl/rocm6.4", AMD),
        ("https://download.pytorch.org/whl/xpu", INTEL),
        ("https://download.pytorch.org/whl/cpu", CPU),
        ("cu118", cuda(11, 8)),
        ("https://pypi.org/simple", None),
        ("https://download.pytorch.org/whl/torch_stable.html", None),
    ],
)
def test_indexes(url: str, platform: Platform | None) -> None:
    assert platform_of_index(url) == platform


@pytest.mark.parametrize(
    ("name", "version", "url", "conda", "platform"),
    [
        ("torch", "2.7.0+cu128", "", False, cuda(12, 8)),
        ("torch", "2.7.0+cpu", "", False, CPU),
        (
            "torch",
            "",
            "https://x.example/whl/cu121/torch-2.4.0%2Bcu121-cp311.whl",
            False,
            cuda(12, 1),
        ),
        ("", "", "https://download.pytorch.org/whl/cu121/torch-2.4.0.whl", False, cuda(12, 1)),
        ("cupy-cuda11x", "13.0", "", False, cuda(11)),
        ("nvidia-cublas-cu12", "", "", False, cuda(12)),
        ("torch", "2.7.0", "", False, None),
        ("cudatoolkit", "11.8", "", False, None),
        ("cudatoolkit", "11.8.0", "", True, cuda(11, 8)),
        ("pytorch-cuda", "12.1", "", True, cuda(12, 1)),
        ("pytorch-cuda", "", "", True, None),
        ("pytorch", "2.3.0", "", True, None),
    ],
)
def test_wheels(
    name: str, version: str, url: str, *, conda: bool, platform: Platform | None
) -> None:
    assert platform_of_wheel(name, version, url, conda=conda) == platform


def test_what_pypi_has() -> None:
    assert platform_of_default_wheel("torch", "2.8.0") == cuda(12, 8)
    assert platform_of_default_wheel("torch", "2.8.0+local") is None
    assert platform_of_default_wheel("torch", "") is None
    assert platform_of_default_wheel("numpy", "2.8.0") is None


def test_what_runs_upon_what() -> None:
    assert cuda(12, 8).runs_upon(cuda(12, 1))
    assert not cuda(12, 8).runs_upon(cuda(13, 0))
    assert not AMD.runs_upon(cuda(12))
    assert not cuda(12).runs_upon(AMD)
    assert AMD.runs_upon(AMD)
    assert (cuda(12, 8).title, AMD.title) == ("CUDA 12.8", "ROCm")


@pytest.mark.parametrize(
    ("text", "torch"),
    [
        ("pytorch/pytorch:2.3.0-cuda12.1-cudnn8-runtime", "2.3.0"),
        ("pytorch/pytorch:latest", ""),
        ("nvcr.io/nvidia/pytorch:24.05-py3", "NVIDIA's own build"),
        ("nvidia/cuda:12.8.1-base", ""),
    ],
)
def test_torch_of_bases(text: str, torch: str) -> None:
    reference = parse_reference(text)
    assert reference is not None
    assert torch_in_image(reference) == torch
