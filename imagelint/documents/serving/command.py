"""Serving commands: a model server, and what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known, value_or
from imagelint.documents.serving.switches import Switch
from imagelint.knowledge.engines import Engine, engine

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.serving.launch import Launch

__all__ = ["ServingCommand", "Switch"]


class ServingCommand(NamedTuple):
    """A server of language models, and what it is told.

    `engine` is empty for a serving container whose engine is unknown: then everything else is
    unknown too. `span` is the model's, else the program's, else the container's. Facts hold what is
    set by flags or by variables that mean the same; absent means that it is certainly not set, so
    that the engine's default holds: the `effective_*` methods and `world_size` know the defaults.
    `model` is as given (a hub id, a path, a URL). `max_length` counts tokens. `complete` is false
    when flags may have been missed. `own_image` tells that the image is the engine's own.
    """

    span: Span
    launch: Launch
    engine: str = ""
    engine_version: Fact[str] = UNKNOWN
    model: Fact[str] = UNKNOWN
    revision: Fact[str] = UNKNOWN
    quantization: Fact[str] = UNKNOWN
    dtype: Fact[str] = UNKNOWN
    host: Fact[str] = UNKNOWN
    key: Fact[str] = UNKNOWN
    tensor_parallel: Fact[int] = UNKNOWN
    pipeline_parallel: Fact[int] = UNKNOWN
    data_parallel: Fact[int] = UNKNOWN
    port: Fact[int] = UNKNOWN
    memory_fraction: Fact[float] = UNKNOWN
    max_length: Fact[int] = UNKNOWN
    switches: tuple[Switch, ...] = ()
    complete: bool = False
    path: str = ""
    own_image: bool = False

    @property
    def facts(self) -> Engine | None:
        """What is known about the engine, None when it is unknown."""
        return engine(self.engine) if self.engine else None

    def find_switch(self, name: str) -> Switch | None:
        """The switch that counts: the last flag of that name, else the last variable."""
        known = self.facts
        main = known.canonical(name) if known else name
        found = [switch for switch in self.switches if switch.name == main]
        found.sort(key=lambda switch: not switch.variable)
        return found[-1] if found else None

    def switch(self, name: str) -> Fact[str]:
        """The value of a flag by any of its names, without dashes; `true` for a bare one.

        Absent only if every place that could set it was read.
        """
        found = self.find_switch(name)
        if found is not None:
            return found.value
        known = self.facts
        if known is None or not self.complete:
            return UNKNOWN
        from_variable = known.canonical(name) in known.environment.values()
        return ABSENT if self.launch.env_complete or not from_variable else UNKNOWN

    def enabled(self, name: str) -> Fact[bool]:
        """Whether a switch is on; absent when nothing says so."""
        fact = self.switch(name)
        if not isinstance(fact, Known):
            return fact
        return Known(fact.value.lower() not in ("false", "0", "no", "off"), fact.span)

    def effective_port(self) -> Fact[int]:
        """The port of the API: what is set, else the default of the image or of the engine."""
        fact = self._effective("port", self.port)
        return Known(int(fact.value), fact.span) if isinstance(fact, Known) else fact

    def effective_host(self) -> Fact[str]:
        """The address that is bound: what is set, else the default of the image or engine."""
        fact = self._effective("host", self.host)
        return Known(str(fact.value), fact.span) if isinstance(fact, Known) else fact

    def effective_memory_fraction(self) -> Fact[float]:
        """The share of GPU memory (`0.92`); what it is a share of differs between engines.

        Absent where the engine chooses by itself.
        """
        fact = self._effective("memory_fraction", self.memory_fraction)
        return Known(float(fact.value), fact.span) if isinstance(fact, Known) else fact

    def _effective(
        self, option: str, fact: Fact[str] | Fact[int] | Fact[float]
    ) -> Fact[str | int | float]:
        if isinstance(fact, Known):
            return Known(fact.value, fact.span)
        known = self.facts
        if fact is UNKNOWN or known is None:
            return UNKNOWN
        # An image that is built upon the engine's own may set the same variables in its ENV.
        if not self.own_image and option in known.image_defaults:
            return UNKNOWN
        value = known.default(option, own_image=self.own_image)
        return ABSENT if value is None else Known(value)

    @property
    def uses_all_gpus(self) -> bool:
        """Whether the engine takes every visible GPU unless it is told otherwise."""
        known = self.facts
        return known is not None and known.all_gpus

    def world_size(self) -> Fact[int]:
        """GPUs that the whole server needs: tensor, pipeline, context and local data parallel.

        Absent when the engine takes all GPUs and nothing is set.
        """
        sizes = (
            self.tensor_parallel,
            self.pipeline_parallel,
            self._number("context_parallel"),
            self._local_data_parallel(),
        )
        if self.uses_all_gpus and sizes[0] is ABSENT:
            return ABSENT
        product, place = 1, None
        for size in sizes:
            if size is UNKNOWN:
                return UNKNOWN
            if isinstance(size, Known):
                product *= size.value
                place = place or size.span
        return Known(product, place) if self.engine else UNKNOWN

    def _local_data_parallel(self) -> Fact[int]:
        # With attention data parallelism SGLang splits the tensor parallel group, it adds no GPU.
        attention = self.enabled("enable-dp-attention")
        if isinstance(attention, Known) and attention.value:
            return ABSENT
        local = self._number("data_parallel_local")
        return self.data_parallel if local is ABSENT else local

    def _number(self, option: str) -> Fact[int]:
        """An option that has no field, as a whole number."""
        known = self.facts
        if known is None or option not in known.options:
            return ABSENT
        from imagelint.documents.serving.values import typed_int, whole_number

        return typed_int(self.switch(known.options[option][0]), whole_number)

    def spans_machines(self) -> Fact[bool]:
        """Whether the server is one of several parts on several machines; absent when not said."""
        known = self.facts
        if known is None:
            return UNKNOWN
        if any(switch.name in known.multi_node for switch in self.switches):
            return Known(value=True)
        executor = self.switch("distributed-executor-backend")
        if isinstance(executor, Known):
            return Known(executor.value == "ray", executor.span)
        return ABSENT if self.complete else UNKNOWN

    def weights_gb(self) -> Fact[float]:
        """GB of 1e9 bytes that the model's weights take, all GPUs together.

        Unknown where the name tells no size, or may be quantised in a way that is not seen.
        """
        if not isinstance(self.model, Known):
            return UNKNOWN
        from imagelint.knowledge.weights import bytes_of_name, weights_gb

        name = self.model.value
        if UNKNOWN in (self.quantization, self.dtype) and not bytes_of_name(name):
            return UNKNOWN
        size = weights_gb(name, value_or(self.quantization, None), value_or(self.dtype, None))
        return UNKNOWN if size is None else Known(size, self.model.span)

    @property
    def only_embeds(self) -> bool:
        """Whether an engine for language models is told to pool instead of to generate."""
        pooling = (
            self.switch("runner"),
            self.switch("task"),
            self.switch("convert"),
            self.enabled("is-embedding"),
        )
        words = ("pooling", "embed", "embedding", "score", "classify", "reward", True)
        return any(isinstance(fact, Known) and fact.value in words for fact in pooling)

    @property
    def is_follower(self) -> bool:
        """Whether it may be a part of a larger server that answers no requests itself."""
        headless = self.enabled("headless")
        if isinstance(headless, Known) and headless.value:
            return True
        rank = self.find_switch("node-rank")
        return rank is not None and not (isinstance(rank.value, Known) and rank.value.value == "0")

    @property
    def is_local_path(self) -> bool:
        """Whether the model is a path in the container."""
        return isinstance(self.model, Known) and self.model.value.startswith(
            ("/", "./", "../", "~")
        )

    @property
    def is_remote_model(self) -> bool:
        """Whether the model is a name on the Hugging Face hub, to be downloaded at the start."""
        if not isinstance(self.model, Known):
            return False
        if self.model.value.startswith("hf://"):
            return True
        known = self.facts
        if known is None or not known.hub:
            return self.find_switch("hf-repo") is not None
        from imagelint.documents.serving.values import is_hub_id

        return is_hub_id(self.model.value)
