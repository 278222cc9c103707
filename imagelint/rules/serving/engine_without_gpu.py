"""The rule `engine-without-gpu`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.queries.devices import may_see_gpu, needs_gpu
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.knowledge.platforms import platform_of_image
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def engine_without_gpu(server: ServingCommand, ctx: Context) -> Findings:
    """The server needs a GPU and asks for none.

    Without a request the pod lands on any node and the container sees no device: the engine ends
    at once, or falls back to the CPU and answers a hundred times slower.

    Except:
        Images and flags for CPUs and other hardware, engines that are used on CPUs as well,
        workloads of an operator or of several pods, other ways to get a GPU. Of compose services
        with images for ROCm `amd-devices-missing` speaks.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              resources: {limits: {nvidia.com/gpu: 1}}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            gpus: all
    """
    runtime = server.launch.runtime
    if runtime.gpus is not ABSENT:
        return
    image = server.launch.image
    platform = platform_of_image(image.known) if image is not None and image.known else None
    if runtime.kind == "compose" and platform is not None and platform.vendor == "amd":
        return
    if not needs_gpu(server) or runtime.group != Known(1) or may_see_gpu(server):
        return
    proposal = runtime.platform.gpus()
    yield ctx.finding(
        proposal.place,
        f"{title(server)} needs a GPU, and none is requested",
        help=proposal.advice,
        subject=runtime.name,
    )
