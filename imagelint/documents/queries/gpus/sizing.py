"""Whether what a server keeps of its sequences fits beside its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.devices import (
    leaves_weights_on_cpu,
    parts_of_weights,
    share_of_memory,
)
from imagelint.documents.queries.gpus.products import product_label
from imagelint.documents.queries.serving import place_of
from imagelint.documents.serving.options import (
    DTYPE,
    MAX_LENGTH,
    PIPELINE_PARALLEL,
    TENSOR_PARALLEL,
)
from imagelint.knowledge.gpus import gpu_memory_gb, mig_profile
from imagelint.knowledge.serving.shapes import model_shape

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.knowledge.serving.shapes import ModelShape

GIB = 2**30 / 1e9
"""GB of 1e9 bytes in what GPUs are sold by."""
_FOUR, _TWO, _ONE = 4.0, 2.0, 1.0


class ShortCache(NamedTuple):
    """A cache that holds no sequence of the longest; all sizes are GB of 1e9 bytes of each GPU.

    `flag` sets the longest, `fitting` is how many tokens would do, 0 where none.
    """

    place: Node
    tokens: int
    needed: float
    weights: float
    room: float
    memory: float
    flag: str
    fitting: int


def short_cache(
    server: ServingCommand, declared: str | None, per_node: int | None
) -> ShortCache | None:
    """The cache of a server that certainly cannot hold its longest sequence."""
    weights, memory = server.weights_gb(), _memory_gb(server, declared)
    parts = parts_of_weights(server, per_node)
    shape = model_shape(server.model.value) if isinstance(server.model, Known) else None
    if not isinstance(weights, Known) or not memory or not parts or shape is None:
        return None
    tokens = _longest(server, shape)
    size = element_bytes(value_or(server.switch("kv-cache-dtype"), ""), server_dtype(server))
    if not tokens or leaves_weights_on_cpu(server):
        return None
    spread = shape.shares(*_groups(server))
    needed = shape.kept_gb(tokens, size) / spread
    each, usable = weights.value / parts, memory * share_of_memory(server)
    room = usable - each
    if room <= 0 or needed <= room:
        return None  # What does not fit without any cache is said of the weights.
    fitting = shape.tokens_in(room * spread, size)
    place = place_of(server, server.option(MAX_LENGTH))
    flag = f"--{server.flag(MAX_LENGTH)}"
    return ShortCache(place, tokens, needed, each, room, usable, flag=flag, fitting=fitting)


def _longest(server: ServingCommand, shape: ModelShape) -> int:
    """The longest sequence that is allowed, 0 where that is not known, or the engine's choice."""
    known = server.facts
    if known is None or known.traits.memory_of != "total" or not server.flag(MAX_LENGTH):
        return 0
    told = server.option(MAX_LENGTH)
    return shape.context if told is ABSENT else value_or(told, 0)


def _groups(server: ServingCommand) -> tuple[int, int]:
    told = (server.option(TENSOR_PARALLEL), server.option(PIPELINE_PARALLEL))
    tensor, pipeline = (value_or(fact, 1) for fact in told)
    return max(1, tensor), max(1, pipeline)


def _memory_gb(server: ServingCommand, declared: str | None) -> float:
    gpus = server.launch.runtime.gpus
    if not isinstance(gpus, Known) or gpus.value.shared:
        return 0.0
    slice_ = mig_profile(gpus.value.resource)
    label = product_label(server.launch.runtime, declared)
    memory = slice_.memory if slice_ else gpu_memory_gb(label) if label else None
    return (memory or 0) * GIB


def server_dtype(server: ServingCommand) -> str:
    """The type of the numbers that a server computes with, empty for the model's own."""
    return value_or(server.option(DTYPE), "")


def element_bytes(cache_dtype: str, dtype: str = "") -> float:
    """Bytes of an element of the cache: the model's own type, unless it is told another."""
    if cache_dtype.startswith(("fp8", "int8")):
        return _ONE
    return _FOUR if dtype in ("float32", "float", "fp32") else _TWO
