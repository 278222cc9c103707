"""The rule `gpu-too-old`."""

from __future__ import annotations

from imagelint.documents.queries.gpus.floors import old_gpu
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_SEVERITIES = {
    "refused": None,
    "slow": Severity.INFO,
    "emulated": Severity.MEDIUM,
}


@rule(ServingCommand, Severity.HIGH)
def gpu_too_old(server: ServingCommand, ctx: Context) -> Findings:
    """The GPU is older than what the server is told to compute with.

    vLLM ends with `Bfloat16 is only supported on GPUs with compute capability of at least 8.0` on a
    T4 or V100, and its releases since 0.11 run on nothing older than Turing, nor does any SGLang.
    Text Generation Inference and LMDeploy go on with `bfloat16` without units for it, or end in a
    kernel that has none: medium. Weights in FP8 or FP4 need less memory on older GPUs as well, but
    are converted for every step: information only.

    The product is that of the node selector, or the one that the policy declares under
    `environment.gpu`.

    Except:
        Products that are not known, releases that are not known where it depends on them, and GPUs
        for which the image holds no code: `gpu-unknown-to-cuda` speaks about those.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          nodeSelector: {nvidia.com/gpu.product: Tesla-T4}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.11.0
              args: [--model, Qwen/Qwen3-1.7B, --dtype, bfloat16]
              resources: {limits: {nvidia.com/gpu: 1}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          nodeSelector: {nvidia.com/gpu.product: Tesla-T4}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.11.0
              args: [--model, Qwen/Qwen3-1.7B, --dtype, float16]
              resources: {limits: {nvidia.com/gpu: 1}}

    Bad (compose.yaml; gpu_product=Tesla-T4):
        services:
          llm:
            image: vllm/vllm-openai:v0.11.0
            command: [--model, Qwen/Qwen3-1.7B, --dtype=bfloat16]
            gpus: all

    Good (compose.yaml; gpu_product=Tesla-T4):
        services:
          llm:
            image: vllm/vllm-openai:v0.11.0
            command: [--model, Qwen/Qwen3-1.7B, --dtype=float16]
            gpus: all
    """
    for found in old_gpu(server, ctx.environment.gpu_product):
        yield ctx.finding(
            found.place,
            found.message,
            help=found.help,
            subject=server.launch.runtime.name,
            severity=_SEVERITIES[found.effect],
            confidence=Confidence.LIKELY if found.effect == "emulated" else None,
        )
