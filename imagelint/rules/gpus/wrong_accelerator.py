"""The rule `wrong-accelerator`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.queries.devices import is_for_cpus
from imagelint.documents.serving.command import ServingCommand
from imagelint.knowledge.accelerators import accelerator
from imagelint.knowledge.platforms import platform_of_image
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.documents.runtime.model import GpuRequest

# What is requested for what an image is built for.
_RESOURCES = {
    "nvidia": "nvidia.com/gpu",
    "amd": "amd.com/gpu",
    "intel": "gpu.intel.com/xe",
    "gaudi": "habana.ai/gaudi",
}


@rule(ServingCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def wrong_accelerator(server: ServingCommand, ctx: Context) -> Findings:
    """The server's image is built for other hardware than the pod requests.

    Code for CUDA finds no device upon AMD's or Intel's GPUs, nor code for ROCm upon NVIDIA's: the
    engine ends at its start, after the node was waited for. One that is built for CPUs computes on
    them, and the GPU idles.

    Except:
        Images whose names and tables do not tell what they are built for.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.14.1
              args: [--model, Qwen/Qwen3-8B]
              resources: {limits: {amd.com/gpu: 1}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai-rocm:v0.14.1
              args: [--model, Qwen/Qwen3-8B]
              resources: {limits: {amd.com/gpu: 1}}
    """
    gpus = server.launch.runtime.gpus
    if isinstance(gpus, Known) and is_for_cpus(server) and server.launch.image is not None:
        yield ctx.finding(
            server.launch.image,
            "the image is built for CPUs, and a GPU is requested that nobody uses",
            help="take an image for that GPU, or request none",
            subject=server.launch.runtime.name,
        )
        return
    use, vendor = server.launch.image, _vendor(server.launch.runtime.gpus)
    platform = platform_of_image(use.known) if use is not None and use.known else None
    if use is None or platform is None or not vendor or platform.vendor == vendor:
        return
    asked, meant = _RESOURCES[vendor], _RESOURCES[platform.vendor]
    yield ctx.finding(
        use,
        f"the image is built for {platform.title}, and `{asked}` is requested",
        help=f"take an image for what is requested, or request `{meant}`",
        subject=server.launch.runtime.name,
    )


def _vendor(gpus: Fact[GpuRequest]) -> str:
    """Whose devices a pod requests, empty where that is not known."""
    resource = gpus.value.resource if isinstance(gpus, Known) else ""
    known = accelerator(resource) if "/" in resource else None
    vendor = known.vendor if known is not None else ""
    if resource.startswith("habana.ai/"):
        vendor = "gaudi"
    return vendor if vendor in _RESOURCES else ""
