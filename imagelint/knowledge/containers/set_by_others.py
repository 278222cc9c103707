"""Variables that are set without being asked: by images, shells, operators, webhooks, Kubernetes.

https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
(`LLM_PORT`, `LLM_SERVICE_HOST`); https://github.com/kubernetes-sigs/lws (`LWS_…`);
https://docs.pytorch.org/docs/stable/elastic/run.html (`RANK`, `WORLD_SIZE`).
"""

from __future__ import annotations

from imagelint.core.pattern import pattern

SET_BY_OTHERS = pattern(
    r"(?:CUDA|NVIDIA|NV|NCCL|HF|UV|PIP|PYTHON|CONDA|TORCH|TRITON|ROCM|HIP|OMPI|UCX|VLLM|SGLANG"
    r"|SGL|NIM|TGI|LLAMA|OLLAMA|TRTLLM|TENSORRT|KUBERNETES|BUILD|LC|XDG|PYTORCH|OMP|MKL|OPENBLAS"
    r"|TOKENIZERS|SAFETENSORS|HSA|RAY|LWS|PET|JOB|TPU|LD|AWS|AZURE|GOOGLE|OTEL|DD)_\w*"
    r"|LANGUAGE|RANK|LOCAL_RANK|NODE_RANK|WORLD_SIZE|NNODES|\w+_PROXY|OPTARG|OPTIND|REPLY|SHLVL"
    r"|PIPESTATUS|OSTYPE|HOSTTYPE|MACHTYPE|COLUMNS|LINES|EPOCHSECONDS|EPOCHREALTIME|SRANDOM"
    r"|PATH|HOME|HOSTNAME|HOST|PORT|USER|UID|EUID|SHELL|PWD|OLDPWD|LANG|TERM|RANDOM|SECONDS|LINENO"
    r"|PPID|IFS|BASH\w*|DEBIAN_FRONTEND"
    r"|\w*(?:_PORT|_HOST|_ADDR|_PROTO|_HOME|_PATH|_DIR|_ROOT|_VERSION)(?:_\w*)?"
)
