"""From which generation of GPUs on an engine computes in a format, and for which one is built."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.gpus import capability
from imagelint.knowledge.site.mirrors import original
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from imagelint.knowledge.gpus import Capability
    from imagelint.knowledge.recognition import Image

# These engines end where the checkpoint's own format is another one than that of the flag:
# vllm-project/vllm:vllm/config/model.py _verify_quantization, and SGLang's likewise.
STRICT_FORMATS = ("vllm", "sglang")


class Floor(NamedTuple):
    """The least that an engine needs for an option; the fields are those of the table.

    `effect` is `refused`, `slow` or `emulated`.
    """

    option: str
    values: tuple[str, ...]
    capability: Capability
    effect: str
    since: str
    before: str
    instead: str


@looked_up
def floors(engine: str) -> tuple[Floor, ...]:
    """What is known of an engine."""
    return tuple(
        Floor(
            option=row["option"],
            values=tuple(row["values"]),
            capability=capability(row["capability"]),
            effect=row["effect"],
            since=row["since"],
            before=row["before"],
            instead=row["instead"],
        )
        for row in table("gpu_floors")["floors"]
        if row["engine"] == engine
    )


class Build(NamedTuple):
    """For which compute capability an image is compiled, as `8.9`; `tags` are the others of it.

    Each is a compute capability with the tag of the same release that is compiled for it.
    """

    capability: str
    tags: tuple[tuple[str, str], ...]


@looked_up
def build_of_image(reference: Image) -> Build | None:
    """The build that the tag of an image names; None where it is for no kind of GPU, or any."""
    image = original(reference)
    name = f"{image.registry}/{image.repository}"
    for row in table("gpu_floors")["builds"]:
        if not matches(name, row["glob"]):
            continue
        for before, found in row["capabilities"].items():
            release = reference.tag.removeprefix(before)
            if reference.tag.startswith(before) and re.fullmatch(row["release"], release, re.ASCII):
                others = row["capabilities"].items()
                return Build(found, tuple((one, f"{build}{release}") for build, one in others))
    return None


@looked_up
def is_linked(label: str) -> bool:
    """Whether the GPUs that a label names certainly have direct ways to each other."""
    name = label.lower().replace("_", "-")
    return any(matches(name, glob) for glob in table("gpu_floors")["linked"])
