"""Which GPUs variables leave visible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count

if TYPE_CHECKING:
    from imagelint.documents.shared import EnvVar

# https://docs.nvidia.com/cuda/cuda-c-programming-guide/ (CUDA environment variables);
# https://rocm.docs.amd.com/en/latest/conceptual/gpu-isolation.html
OF_PROCESSES = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
"""Variables that libraries read, which count the devices of their container."""
OF_RUNTIME = ("NVIDIA_VISIBLE_DEVICES",)
"""Variables that the container runtime reads, which counts those of the host."""
_IDENTITIES = ("GPU-", "MIG-")


class VisibleDevices(NamedTuple):
    """Devices that are named one by one.

    `number` is how many, `highest` the highest of their numbers, -1 where `identity` tells that
    they are named by what a card is called.
    """

    written: str
    number: int
    highest: int
    identity: bool


def visible_devices(variable: EnvVar) -> VisibleDevices | None:
    """What a variable fixes; None where it names none one by one, or cannot be read."""
    if not isinstance(variable.value, Known):
        return None
    written = variable.value.value.strip()
    words = [word.strip() for word in written.split(",")]
    if all(word.startswith(_IDENTITIES) for word in words):
        return VisibleDevices(written, len(words), -1, identity=True)
    numbers = [parse_count(word) for word in words]
    known = [number for number in numbers if number is not None]
    if len(known) < len(words):
        return None
    return VisibleDevices(written, len(known), max(known), identity=False)
