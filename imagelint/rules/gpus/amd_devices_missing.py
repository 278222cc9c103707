"""The rule `amd-devices-missing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.documents.compose.model import ComposeService
from imagelint.knowledge.platforms import platform_of_image
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.runtime.field import Field

_NEEDED = ("/dev/kfd", "/dev/dri")


@rule(ComposeService, Severity.HIGH, confidence=Confidence.LIKELY)
def amd_devices_missing(service: ComposeService, ctx: Context) -> Findings:
    """A service whose image is built for ROCm is not handed the devices of AMD's GPUs.

    ROCm computes by `/dev/kfd` and reaches the memory of the GPUs by the nodes below `/dev/dri`.
    With one of them alone it finds no GPU: the server ends, or answers from the CPU.
    https://rocm.docs.amd.com/projects/install-on-linux/en/latest/how-to/docker.html

    Except:
        Services that are built here and get no device at all, which may only be built. Privileged
        services, and those that get their devices by another way: the runtime `amd`,
        devices of CDI (`amd.com/gpu=all`), a reservation, a device that a variable gives.

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai-rocm:v0.14.1
            command: [--model, Qwen/Qwen3-8B]
            devices: [/dev/dri]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai-rocm:v0.14.1
            command: [--model, Qwen/Qwen3-8B]
            devices: [/dev/kfd, /dev/dri]
    """
    image = service.image.known if service.image is not None else None
    platform = platform_of_image(image) if image is not None else None
    if platform is None or platform.vendor != "amd" or service.runtime.gpus is not ABSENT:
        return
    missing = _missing(service.devices)
    if not missing or _is_served_otherwise(service):
        return
    # Files that list what is built start nothing.
    if service.builds and not service.devices:
        return
    named = " and ".join(f"`{device}`" for device in missing)
    yield ctx.finding(
        service.devices[0] if service.devices else service.image or service,
        f"the image is built for ROCm, and the {service.title} gets no {named}",
        help="write `devices: [/dev/kfd, /dev/dri]`",
        subject=service.name,
    )


def _missing(devices: tuple[Field[str], ...]) -> list[str]:
    """The device nodes that are not handed over; none where one is not known."""
    paths = [value_or(device.value, "/dev") for device in devices]
    return [
        needed
        for needed in _NEEDED
        if not any(path == "/dev" or path.startswith(needed) for path in paths)
    ]


def _is_served_otherwise(service: ComposeService) -> bool:
    privileged = service.runtime.privileges.privileged.value
    by_rights = privileged is not ABSENT and privileged != Known(value=False)
    return by_rights or service.takes_devices_otherwise
