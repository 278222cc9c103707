"""The rule `cuda-driver-jit-gap`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.serving.command import ServingCommand
from imagelint.knowledge.cuda import cuda_in_image, cuda_of_image, driver_floor, driver_match
from imagelint.knowledge.versions import at_least
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.INFO, confidence=Confidence.LIKELY)
def cuda_driver_jit_gap(server: ServingCommand, ctx: Context) -> Findings:
    """The driver runs the image's CUDA release, but not what is compiled while it runs.

    Within a major release of CUDA an older driver runs finished code only. What Triton, Inductor
    or FlashInfer compile at run time is PTX of the newer release, which such a driver refuses with
    `CUDA_ERROR_UNSUPPORTED_PTX_VERSION` (222). The policy declares the driver of the hosts under
    `environment.driver`; without it the rule is silent.

    Except:
        Engines that compile nothing while they run, and drivers below the floor, which
        `cuda-driver-floor` speaks about.

    Bad (compose.yaml; driver=550.54.15):
        services:
          llm:
            image: vllm/vllm-openai:v0.19.0-cu129
            command: [--model, Qwen/Qwen3-8B]
            gpus: all

    Good (compose.yaml; driver=550.54.15):
        services:
          llm:
            image: vllm/vllm-openai:v0.19.0-cu124
            command: [--model, Qwen/Qwen3-8B]
            gpus: all
    """
    driver, image = ctx.environment.driver, server.launch.image
    if driver is None or image is None or not isinstance(image.reference, Known):
        return
    if server.facts is None or not server.facts.packaging.jit:
        return
    named = cuda_of_image(image.reference.value)
    cuda = named.value if isinstance(named, Known) else cuda_in_image(image.reference.value)
    floor, match = (driver_floor(cuda), driver_match(cuda)) if cuda else (None, None)
    if not (cuda and floor and match) or at_least(driver, floor) is not True:
        return
    if at_least(driver, match) is False:
        release = ".".join(str(part) for part in cuda)
        yield ctx.finding(
            image,
            f"what is compiled for CUDA {release} at run time needs driver {match}, the hosts have"
            f" {driver}",
            help=f"update the hosts' driver to {match}, or take an image of an older CUDA release",
            subject=image.reference.value.familiar,
        )
