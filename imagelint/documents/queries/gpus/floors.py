"""Whether the GPU of a server is too old for what it is told to compute with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.gpus.products import product_label
from imagelint.documents.queries.serving import place_of, title
from imagelint.documents.serving.options import DTYPE, QUANTIZATION
from imagelint.knowledge.gpus import gpu
from imagelint.knowledge.serving.floors import floors
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.knowledge.serving.floors import Floor

_MESSAGES = {
    "refused": "{engine} refuses `{value}` on the {product}: it needs {needs}",
    "slow": "the {product} does not compute in `{value}`: it converts all weights",
    "emulated": "the {product} has no units for `{value}`: {engine} is slow with it, or ends",
}
_OPTIONS = {one.name: one for one in (DTYPE, QUANTIZATION)}


class OldGpu(NamedTuple):
    """What the GPU lacks; `effect` is that of the table: `refused` where the server ends."""

    place: Node
    message: str
    help: str
    effect: str


def old_gpu(server: ServingCommand, declared: str | None) -> Iterator[OldGpu]:
    """What a server is told to compute with that its GPU certainly lacks."""
    product = gpu(product_label(server.launch.runtime, declared))
    if product is None:
        return
    for floor in floors(server.engine):
        if product.capability < floor.capability and _holds(server, floor):
            yield from _told(server, floor, product.name)


def _holds(server: ServingCommand, floor: Floor) -> bool:
    version = value_or(server.engine_version, "")
    if (floor.since or floor.before) and not version:
        return False
    if floor.since and not at_least(version, floor.since):
        return False
    return not floor.before or at_least(version, floor.before) is False


def _told(server: ServingCommand, floor: Floor, product: str) -> Iterator[OldGpu]:
    needs = f"compute capability {floor.capability[0]}.{floor.capability[1]}"
    if not floor.option:
        release = " ".join(filter(None, (title(server), value_or(server.engine_version, ""))))
        message = f"{release} needs {needs}, which the {product} does not have"
        place = place_of(server, server.engine_version)
        yield OldGpu(place, message, "serve on newer GPUs", floor.effect)
        return
    option = _OPTIONS[floor.option]
    told = server.option(option)
    if not isinstance(told, Known) or told.value not in floor.values:
        return
    flag, place = server.flag(option), place_of(server, told)
    message = _MESSAGES[floor.effect].format(
        engine=title(server), value=told.value, product=product, needs=needs
    )
    help_ = f"write `--{flag} {floor.instead}`" if floor.instead else "serve on newer GPUs"
    yield OldGpu(place, message, help_, floor.effect)
