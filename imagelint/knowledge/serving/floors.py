"""From which generation of GPUs on an engine computes in a format, and which GPUs are linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.gpus import capability
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from imagelint.knowledge.gpus import Capability

# These engines end where the checkpoint's own format is another one than that of the flag:
# vllm-project/vllm:vllm/config/model.py _verify_quantization, and SGLang's likewise.
STRICT_FORMATS = ("vllm", "sglang")


class Floor(NamedTuple):
    """The least that an engine needs for an option; the fields are those of the table."""

    option: str
    values: tuple[str, ...]
    capability: Capability
    refused: bool
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
            refused=row["effect"] == "refused",
            since=row["since"],
            before=row["before"],
            instead=row["instead"],
        )
        for row in table("gpu_floors")["floors"]
        if row["engine"] == engine
    )


@looked_up
def is_linked(label: str) -> bool:
    """Whether the GPUs that a label names certainly have direct ways to each other."""
    name = label.lower().replace("_", "-")
    return any(matches(name, glob) for glob in table("gpu_floors")["linked"])
