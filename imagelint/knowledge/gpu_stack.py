"""Python packages whose version decides whether a model server works, and how fast."""

from __future__ import annotations

# Each is compiled against one CUDA release and one version of torch, or changes its flags, its
# defaults or its numerics between releases.
GPU_STACK = frozenset(
    (
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
        "llama-cpp-python",
        "lmcache",
        "lmdeploy",
        "mamba-ssm",
        "onnxruntime-gpu",
        "optimum",
        "peft",
        "pytorch",
        "pytorch-cuda",
        "ray",
        "sgl-kernel",
        "sglang",
        "tensorrt",
        "tensorrt-llm",
        "text-generation",
        "torch",
        "torchaudio",
        "torchvision",
        "transformers",
        "triton",
        "tritonclient",
        "vllm",
        "xformers",
    )
)

# They compile kernels when the server runs, so that a C compiler, and for most of them nvcc,
# belongs into the image: https://github.com/triton-lang/triton (C compiler for its launchers),
# https://github.com/flashinfer-ai/flashinfer and https://github.com/deepspeedai/DeepSpeed (nvcc).
JIT_COMPILED = frozenset(
    (
        "deep-gemm",
        "deepspeed",
        "flashinfer",
        "flashinfer-python",
        "sglang",
        "tensorrt-llm",
        "tilelang",
        "triton",
        "unsloth",
        "vllm",
    )
)
