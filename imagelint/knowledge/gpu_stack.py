"""Python packages whose version decides whether a model server works, and how fast."""

from __future__ import annotations

from imagelint.knowledge.tables import table

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
