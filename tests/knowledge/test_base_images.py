from __future__ import annotations

import pytest

from imagelint.core.reference import ImageReference, parse_reference
from imagelint.knowledge.base_images import BaseImage, base_image, is_devel, runtime_tag


def image(text: str) -> ImageReference:
    reference = parse_reference(text)
    assert reference is not None
    return reference


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("nvidia/cuda:12.4.1-base-ubuntu22.04", True),
        ("python:3.12-slim", True),
        ("vllm/vllm-openai:v0.11.0", True),
        ("vllm/vllm-openai-nonroot:v0.30.0", False),
        ("nvcr.io/nim/meta/llama-3.1-8b-instruct:1.8", False),
        ("kserve/huggingfaceserver:v0.16.0", False),
        ("gcr.io/distroless/python3:nonroot", False),
        ("gcr.io/distroless/python3-debian12", True),
        ("cgr.dev/chainguard/python:latest", False),
        ("rayproject/ray:2.52.0", False),
        ("registry.access.redhat.com/ubi9/nodejs-22-minimal:1", False),
        ("registry.access.redhat.com/ubi9/openjdk-21:1.21", False),
        ("registry.access.redhat.com/ubi9/ubi-minimal:9.6", True),
        ("registry.access.redhat.com/ubi9-minimal:9.6", True),
        ("registry.access.redhat.com/ubi8:8.10", True),
    ],
)
def test_users(*, text: str, root: bool) -> None:
    found = base_image(image(text))
    assert found is not None
    assert found.root is root
    assert root or found.user


def test_an_unknown_image() -> None:
    assert base_image(image("example.com/app:1")) is None
    assert base_image(image("registry.access.redhat.com/ubi9/s2i-base:9.6")) is None
    assert base_image(image("lmcache/vllm-openai:latest")) is None


def test_vllm_has_a_user_to_spare() -> None:
    assert base_image(image("vllm/vllm-openai:v0.11.0")) == BaseImage(root=True, user="2000:0")


@pytest.mark.parametrize(
    ("tag", "devel"),
    [
        ("12.4.1-cudnn-devel-ubuntu22.04", True),
        ("2.4.0-cuda12.4-cudnn9-devel", True),
        ("12.4.1-runtime-ubuntu22.04", False),
        ("development", False),
        ("", False),
    ],
)
def test_devel(*, tag: str, devel: bool) -> None:
    assert is_devel(tag) is devel


def test_the_smaller_flavour() -> None:
    devel = image("nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04")
    assert runtime_tag(devel) == "12.4.1-cudnn-runtime-ubuntu22.04"
    assert runtime_tag(image("pytorch/pytorch:2.4.0-cuda12.4-cudnn9-devel")).endswith("-runtime")
    assert runtime_tag(image("nvidia/cuda:12.4.1-base-ubuntu22.04")) == ""
    assert runtime_tag(image("python:3.12-devel")) == ""
    assert runtime_tag(image("example.com/x:devel")) == ""
