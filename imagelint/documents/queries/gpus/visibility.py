"""Which GPUs variables leave visible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.shared import EnvOrigin, EnvVar

if TYPE_CHECKING:
    from imagelint.documents.base import Document

# https://docs.nvidia.com/cuda/cuda-c-programming-guide/ (CUDA environment variables);
# https://rocm.docs.amd.com/en/latest/conceptual/gpu-isolation.html
OF_PROCESSES = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
"""Variables that libraries read, which count the devices of their container."""
OF_RUNTIME = ("NVIDIA_VISIBLE_DEVICES",)
"""Variables that the container runtime reads, which counts those of the host."""
_IDENTITIES = ("GPU-", "MIG-")
_OF_CUDA = "CUDA_VISIBLE_DEVICES"
_WORDS = pattern(r"[A-Za-z][A-Za-z0-9_:.-]*")
# With what people switch GPUs off, which it does as any word would.
_OFF = ("none", "void", "no", "off", "false", "nodevfiles", "no_devices", "nogpu", "cpu", "null")


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


def device_that_is_none(variable: EnvVar) -> str:
    """The first word of `CUDA_VISIBLE_DEVICES` that is no device, and not meant to be none.

    CUDA shows what stands before the first word that is no device, and nothing behind it:
    https://docs.nvidia.com/cuda/cuda-c-programming-guide/#cuda-environment-variables
    """
    if variable.name != _OF_CUDA or not isinstance(variable.value, Known):
        return ""
    for part in variable.value.value.split(","):
        word = part.strip()
        if parse_count(word) is None and not word.startswith(_IDENTITIES):
            return word if _WORDS.fullmatch(word) and word.lower() not in _OFF else ""
    return ""


def reaches_a_container(document: Document, variable: EnvVar) -> bool:
    """Whether a variable is set in what runs, or in a stage that some build delivers."""
    if variable.place.shipped:
        return True
    stage = enclosing_stage(document, variable.span)
    return stage is not None and stage.delivered


def is_overwritten(document: Document, variable: EnvVar) -> bool:
    """Whether a later ENV of the same stage sets the variable again."""
    stage = enclosing_stage(document, variable.span)
    if stage is None:
        return False
    return document.derived(_last_settings)[stage.index, variable.name] > variable.span.start


def _last_settings(document: Document) -> dict[tuple[int, str], int]:
    """Where the last ENV of a stage stands that sets a variable, by stage and name."""
    found: dict[tuple[int, str], int] = {}
    for variable in document.nodes_of(EnvVar):
        stage = enclosing_stage(document, variable.span)
        if stage is not None:
            at = variable.span.start if variable.origin is EnvOrigin.ENV else -1
            key = (stage.index, variable.name)
            found[key] = max(at, found.get(key, -1))
    return found
