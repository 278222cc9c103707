"""Python packages whose version decides whether a model server works, and how fast."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import table
from imagelint.knowledge.versions import at_least

_ENGINES = table("engines/index")

# The engines' own, which stand in their tables, and others. Each is compiled against one CUDA
# release and one version of torch, or changes its flags, its defaults or its numerics between
# releases.
GPU_STACK = frozenset(
    (
        *_ENGINES["packages"],
        "accelerate",
        "auto-gptq",
        "autoawq",
        "bitsandbytes",
        "causal-conv1d",
        "ctranslate2",
        "cupy-cuda11x",
        "cupy-cuda12x",
        "cupy-cuda13x",
        "deepspeed",
        "exllamav2",
        "flash-attn",
        "flashinfer",
        "flashinfer-python",
        "gptqmodel",
        "lmcache",
        "mamba-ssm",
        "onnxruntime-gpu",
        "optimum",
        "peft",
        "pytorch",
        "pytorch-cuda",
        "tensorrt",
        "torch",
        "torchaudio",
        "torchvision",
        "transformers",
        "triton",
        "xformers",
    )
)

# They compile kernels when the server runs, so that a C compiler, and for most of them nvcc,
# belongs into the image: https://github.com/triton-lang/triton (C compiler for its launchers),
# https://github.com/flashinfer-ai/flashinfer and https://github.com/deepspeedai/DeepSpeed (nvcc).
JIT_COMPILED = frozenset(
    (
        *_ENGINES["jit_packages"],
        "deep-gemm",
        "deepspeed",
        "flashinfer",
        "flashinfer-python",
        "tilelang",
        "triton",
        "unsloth",
    )
)

# Packages that have the version of the engine which they hold, by the names of both.
ENGINE_PACKAGES = {
    name: name for name in _ENGINES["packages"] if name in frozenset(_ENGINES["engines"])
}


class EndedPackage(NamedTuple):
    """A package that has ended: why, what takes its place, whether installing it fails."""

    why: str
    instead: str
    fails: bool = False
    since: str = ""


# By name. Versions before `since` are still what they were.
_ENDED = {
    # https://pypi.org/project/tensorflow-gpu/
    "tensorflow-gpu": EndedPackage(
        "ended with 2.12: its installation fails", "tensorflow", fails=True, since="2.12"
    ),
    # https://pypi.org/project/pytorch/
    "pytorch": EndedPackage(
        "is not the package of PyTorch: its installation fails", "torch", fails=True
    ),
    # https://pypi.org/project/pynvml/
    "pynvml": EndedPackage("is deprecated in favour of another", "nvidia-ml-py"),
    # https://github.com/AutoGPTQ/AutoGPTQ (archived April 2025)
    "auto-gptq": EndedPackage("is archived: it has no releases for newer torch", "gptqmodel"),
    # https://github.com/casper-hansen/AutoAWQ (archived May 2025)
    "autoawq": EndedPackage("is archived: it has no releases for newer torch", "llmcompressor"),
    # https://pypi.org/project/nvidia-pyindex/
    "nvidia-pyindex": EndedPackage("is not needed: PyPI has NVIDIA's packages", "tensorrt"),
}


def ended_package(name: str, version: str) -> EndedPackage | None:
    """What is known of a package that has ended; None where there is none, or not yet."""
    found = _ENDED.get(name)
    if found is None or (found.since and version and at_least(version, found.since) is False):
        return None
    return found
