"""What a server takes of the memory of its host, beside the limit of its container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.devices import is_for_cpus, needs_gpu
from imagelint.documents.queries.serving import gpu_count, setting
from imagelint.documents.queries.weights.modelcache import (
    downloads_weights,
    volume_at,
    weights_folder,
)
from imagelint.knowledge.settings.buffers import holding_flags, host_buffers
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.knowledge.settings.buffers import HostBuffer

_GIB = 2.0**30
# Our own: what Python, the libraries of CUDA and a tokenizer take of a process that answers
# requests, and of each that drives a GPU, with a small model and nothing in sight to make it more.
_FRONT, _EACH = 2 * _GIB, 2 * _GIB
# Formats that read weights past the memory of the host, or none at all.
_PAST = ("runai_streamer", "runai_streamer_sharded", "tensorizer", "dummy", "instanttensor")
_LARGEST = 1e15  # bytes
_MEMORY = ("memory", "tmpfs")


class Kept(NamedTuple):
    """Bytes that certainly stay in memory, and how they come about, in words."""

    size: float
    words: str


class MemoryNeed(NamedTuple):
    """What a server needs of a limit, in bytes: what is `kept`, and its processes beside it.

    `span` is where the limit is written.
    """

    limit: float
    span: Span | None
    kept: tuple[Kept, ...]
    processes: float

    @property
    def whole(self) -> float:
        """All of it."""
        return sum(one.size for one in self.kept) + self.processes


def memory_need(server: ServingCommand, per_node: int | None) -> MemoryNeed | None:
    """What a server needs of the memory limit of its container; None where that is not known."""
    limit, known = server.launch.runtime.memory_limit, server.facts
    if known is None or server.concluded or not isinstance(limit, Known) or limit.value <= 0:
        return None
    # Of `all` GPUs there is one at least.
    asked = int(isinstance(server.launch.runtime.gpus, Known))
    count = value_or(gpu_count(server, per_node), asked)
    processes = 0.0
    if needs_gpu(server) and not known.traits.one_process and known.kind == "generation" and count:
        processes = _FRONT + _EACH * min(count, max(value_or(server.world_size(), count), 1))
    kept = (*_buffers(server, max(count, 1)), *_in_memory(server), *_held(server))
    return MemoryNeed(limit.value, limit.span, kept, processes)


def _buffers(server: ServingCommand, count: int) -> Iterator[Kept]:
    ranks = min(count, max(value_or(server.world_size(), 1), 1))
    weights = value_or(server.weights_gb(), 0.0) * 1e9
    for row in host_buffers(server.engine):
        fact = server.switch(row.flag) if row.flag else setting(server, row.variable)
        number = _number(value_or(fact, ""))
        if not number or not _is_in_use(row, server):
            continue
        parts, each = ranks if row.each else 1, number * row.unit
        size = min(parts * each, weights) if row.weights else parts * each
        if size:
            times = f"{parts} * {in_gib(each)}" if parts > 1 else in_gib(each)
            least = "" if size == parts * each else f", at most {in_gib(size)} of weights"
            yield Kept(size, f"{times} of `{_spelt(row)}`{least}")


def _is_in_use(row: HostBuffer, server: ServingCommand) -> bool:
    """Whether a server certainly keeps what a flag or a variable says."""
    if row.until:
        version = value_or(server.engine_version, "")
        if not version or at_least(version, row.until):
            return False
    if not row.needs:
        return True
    return (
        row.names in value_or(server.switch(row.needs), "")
        if row.names
        else server.is_on(row.needs)
    )


def _held(server: ServingCommand) -> Iterator[Kept]:
    """All weights, where no GPU takes any and none is left in its file."""
    flags = holding_flags(server.engine)
    said = next((one for one in flags.on if server.is_on(one)), "")
    said = said or next(
        (one for one in flags.off if not value_or(server.enabled(one), default=True)), ""
    )
    weights = server.checkpoint_gb()
    if said and isinstance(weights, Known) and is_for_cpus(server):
        switch = server.find_switch(said)
        written = switch.written if switch is not None else said
        yield Kept(weights.value * 1e9, f"{in_gib(weights.value * 1e9)} of weights by `{written}`")


def _spelt(row: HostBuffer) -> str:
    if row.flag.startswith("."):
        return row.flag[1:]
    return f"--{row.flag}" if row.flag else row.variable


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0
    return number if 0 < number < _LARGEST else 0


def _in_memory(server: ServingCommand) -> Iterator[Kept]:
    """Weights that are downloaded to a volume which is memory of the container."""
    weights, folder = server.checkpoint_gb(), weights_folder(server)
    if not (isinstance(weights, Known) and isinstance(folder, Known)):
        return
    mount = volume_at(server, folder.value) if downloads_weights(server) else None
    if mount is not None and mount.source in _MEMORY:
        yield Kept(weights.value * 1e9, f"{in_gib(weights.value * 1e9)} of weights on a tmpfs")


def weights_above_limit(server: ServingCommand, need: MemoryNeed) -> float:
    """How many bytes of weights are read through less memory than they take; 0 where none are.

    The pages of their files count against the limit until they are thrown away, and each process
    reads them again.
    """
    weights = server.checkpoint_gb()
    alone = server.launch.runtime.group == Known(1) and server.spans_machines() is ABSENT
    if not isinstance(weights, Known) or not need.processes or not alone:
        return 0
    if value_or(server.switch("load-format"), "") in _PAST:
        return 0
    size = weights.value * 1e9
    return size if size > need.limit else 0


def in_gib(size: float) -> str:
    """Bytes in GiB, in words."""
    return f"{size / _GIB:.3g} GiB"
