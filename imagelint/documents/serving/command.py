"""Serving commands: a model server, and what it is told."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, TypeVar

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.booleans import server_switch
from imagelint.documents.remembered import remembered_lookup
from imagelint.documents.serving.options import (
    CONTEXT_PARALLEL,
    DATA_PARALLEL,
    DATA_PARALLEL_LOCAL,
    DTYPE,
    PIPELINE_PARALLEL,
    QUANTIZATION,
    TENSOR_PARALLEL,
)
from imagelint.documents.serving.switches import Switch
from imagelint.documents.serving.values import is_hub_id
from imagelint.knowledge.engines import Engine, engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.source import Span
    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.serving.options import Option
    from imagelint.documents.shell.script import Word

__all__ = ["ServingCommand", "Switch"]

T = TypeVar("T")
_OF_ADDRESS = ("host", "port")
"""What a variable that holds an `address` sets: `HOST=0.0.0.0:8080`."""


class ServingCommand(NamedTuple):
    """A server of language models, and what it is told.

    `engine` is empty for a serving container whose engine is unknown: then everything else is
    unknown too. `span` is the model's, else the program's, else the container's. `model` is as
    given (a hub id, a path, a URL). `complete` is false when flags may have been missed.
    `own_image` tells that the image is the engine's own. `program` is the word that names the
    server (None: the image's entry point), `words` are those behind it. `concluded` tells that the
    engine is only likely, by what the container is told: so is then all that is said about it. A
    `worker` answers no requests of users itself: another program does, and asks it. With `keyed`
    it is told by the keys of a mapping, and by no words.
    """

    span: Span
    launch: Launch
    engine: str = ""
    engine_version: Fact[str] = UNKNOWN
    model: Fact[str] = UNKNOWN
    switches: tuple[Switch, ...] = ()
    complete: bool = False
    path: str = ""
    own_image: bool = False
    program: Word | None = None
    words: tuple[Word, ...] = ()
    concluded: bool = False
    worker: bool = False
    keyed: bool = False

    @property
    def facts(self) -> Engine | None:
        """What is known about the engine, None when it is unknown."""
        return engine(self.engine) if self.engine else None

    def find_switch(self, name: str) -> Switch | None:
        """The switch that counts: the last flag of that name, else the last variable."""
        known = self.facts
        return self._counting(known.canonical(name) if known else name)

    def _counting(self, main: str) -> Switch | None:
        """The switch that counts, by its main name."""
        found: Switch | None = None
        for switch in self.switches:
            if switch.name == main and (found is None or found.variable or not switch.variable):
                found = switch
        return found

    def switch(self, name: str) -> Fact[str]:
        """The value of a flag by any of its names, without dashes; `true` for a bare one.

        Absent only if every place that could set it was read.
        """
        known = self.facts
        return self._set(known, known.canonical(name) if known else name)

    def _set(self, known: Engine | None, main: str) -> Fact[str]:
        """The value of a flag by its main name."""
        found = self._counting(main)
        if found is not None:
            return found.value
        if known is None or not self.complete:
            return UNKNOWN
        if self.launch.env_complete:
            return ABSENT
        by_variables = known.environment.values()
        addressed = main in _OF_ADDRESS and "address" in by_variables
        return UNKNOWN if addressed or main in by_variables else ABSENT

    def enabled(self, name: str) -> Fact[bool]:
        """Whether a switch is on; absent when nothing says so."""
        fact = self.switch(name)
        if not isinstance(fact, Known):
            return fact
        return Known(server_switch(fact.value), fact.span)

    def is_on(self, name: str) -> bool:
        """Whether a switch is certainly on."""
        return value_or(self.enabled(name), default=False)

    def option(self, option: Option[T]) -> Fact[T]:
        """What flags, or variables that mean the same, set an option to.

        Absent means that it is certainly not set, so that the engine's default holds. What cannot
        be read as a value of that option is unknown.
        """
        known = self.facts
        if known is None:
            return UNKNOWN
        names = known.options.get(option.name)
        fact = self._set(known, names[0]) if names else ABSENT
        if fact is ABSENT and option.name in known.elsewhere:
            return UNKNOWN
        return _converted(fact, option)

    def effective(self, option: Option[T]) -> Fact[T]:
        """What an option is: what is set, else the default of the image or of the engine.

        Absent where the engine chooses by itself.
        """
        fact = self.option(option)
        return self.default(option) if fact is ABSENT else fact

    def effective_alone(self, option: Option[T]) -> Fact[T]:
        """What an option is where nobody adds variables when the container is started.

        The images upon which one is built that are known to be bare set none.
        """
        fact, known = self.effective(option), self.facts
        if fact is not UNKNOWN or known is None or not self.complete:
            return fact
        names = known.options.get(option.name, ())
        if any(self.find_switch(name) for name in names) or not self.is_upon_bare_base:
            return fact
        return self.default(option)

    def default(self, option: Option[T]) -> Fact[T]:
        """What an option is when nobody sets it; absent where the engine chooses by itself."""
        known = self.facts
        if known is None:
            return UNKNOWN
        # An image that is built upon the engine's own may set the same variables in its ENV.
        if option.name in known.image_defaults and not (self.own_image or self.is_upon_bare_base):
            return UNKNOWN
        value = known.default(option.name, own_image=self.own_image)
        return ABSENT if value is None else _converted(Known(str(value)), option)

    def flag(self, option: Option[object]) -> str:
        """The main name of the flag that sets an option, empty where the engine has none."""
        known = self.facts
        names = known.options.get(option.name) if known else None
        return names[0] if names else ""

    @property
    def is_upon_bare_base(self) -> bool:
        """Whether the image is built upon one in which nothing is set for any server."""
        from imagelint.knowledge.base_images import base_image

        image = self.launch.image.known if self.launch.image is not None else None
        found = base_image(image) if image is not None else None
        return found is not None and found.bare

    @property
    def uses_all_gpus(self) -> bool:
        """Whether the engine takes every visible GPU unless it is told otherwise."""
        known = self.facts
        return known is not None and known.traits.all_gpus

    def world_size(self) -> Fact[int]:
        """GPUs that the whole server needs: tensor, pipeline, context and local data parallel.

        Absent when the engine takes all GPUs and nothing is set.
        """
        sizes = (
            self.option(TENSOR_PARALLEL),
            self.option(PIPELINE_PARALLEL),
            self.option(CONTEXT_PARALLEL),
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

    def least_world_size(self) -> Fact[int]:
        """GPUs that the whole server needs at least, where a part of that is not known.

        What splits a model only multiplies; how many copies there are is left out.
        """
        tensor = self.option(TENSOR_PARALLEL)
        if not isinstance(tensor, Known) or not self.engine:
            return UNKNOWN
        others = (self.option(PIPELINE_PARALLEL), self.option(CONTEXT_PARALLEL))
        return Known(prod((tensor.value, *(value_or(one, 1) for one in others))), tensor.span)

    def _local_data_parallel(self) -> Fact[int]:
        # Where it splits the tensor parallel group, data parallelism adds no GPU.
        known = self.facts
        if known and any(self.is_on(flag) for flag in known.traits.splitting_flags):
            return ABSENT
        local = self.option(DATA_PARALLEL_LOCAL)
        return self.option(DATA_PARALLEL) if local is ABSENT else local

    def spans_machines(self) -> Fact[bool]:
        """Whether the server is one of several parts on several machines; absent when not said."""
        known = self.facts
        if known is None:
            return UNKNOWN
        if self.is_told_its_machines:
            return Known(value=True)
        for flag, values in known.traits.executors.items():
            executor = self.switch(flag)
            if isinstance(executor, Known):
                return Known(executor.value in values, executor.span)
        return ABSENT if self.complete else UNKNOWN

    @property
    def is_told_its_machines(self) -> bool:
        """Whether a flag says that there are several machines, or which of them this one is."""
        known = self.facts
        return known is not None and any(one.name in known.multi_node for one in self.switches)

    def weights_gb(self) -> Fact[float]:
        """GB of 1e9 bytes that the model's weights take in memory, all GPUs together.

        Unknown where the name tells no size, or may be quantised in a way that is not seen.
        """
        if not isinstance(self.model, Known):
            return UNKNOWN
        from imagelint.knowledge.weights import bytes_of_name, bytes_per_weight

        name = self.model.value
        quantization, dtype = self.option(QUANTIZATION), self.option(DTYPE)
        if UNKNOWN in (quantization, dtype) and not bytes_of_name(name):
            return UNKNOWN
        told = value_or(quantization, None), value_or(dtype, None)
        return self._gigabytes(self.model, bytes_per_weight(name, *told, self._loaded_bytes))

    def checkpoint_gb(self) -> Fact[float]:
        """GB of 1e9 bytes that are downloaded and read: the weights as they are published.

        They are larger than in memory where the engine quantises while it loads. Unknown as above.
        """
        if not isinstance(self.model, Known):
            return UNKNOWN
        from imagelint.knowledge.weights import bytes_of_name, checkpoint_bytes

        name, quantization = self.model.value, self.option(QUANTIZATION)
        if quantization is UNKNOWN and not bytes_of_name(name):
            return UNKNOWN
        told = value_or(quantization, "").lower()
        own = None if told in self._loaded_bytes else told
        return self._gigabytes(self.model, checkpoint_bytes(name, own or None))

    @property
    def _loaded_bytes(self) -> Mapping[str, float]:
        return self.facts.traits.loaded_bytes if self.facts else {}

    @staticmethod
    def _gigabytes(model: Known[str], size: float | None) -> Fact[float]:
        from imagelint.knowledge.weights import gigabytes

        total = gigabytes(model.value, size)
        return UNKNOWN if total is None else Known(total, model.span)

    @property
    def only_embeds(self) -> bool:
        """Whether it makes embeddings or ranks texts, and generates none, by engine or setting."""
        known = self.facts
        if known is None:
            return False
        pooling = known.traits.pooling.items()
        told = (value_or(self.switch(flag), "") in values for flag, values in pooling)
        return known.kind == "embedding" or any(told)

    @property
    @remembered_lookup
    def is_follower(self) -> bool:
        """Whether it may be a part of a larger server that answers no requests itself."""
        if self.facts is None or self.worker:
            return self.worker
        traits = self.facts.traits
        ranks = [rank for flag in traits.rank_flags if (rank := self.find_switch(flag)) is not None]
        return any(self.is_on(flag) for flag in traits.follower_flags) or any(
            value_or(rank.value, "") != "0" for rank in ranks
        )

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
            flags = known.hub_flags if known else ()
            return any(self.find_switch(flag) is not None for flag in flags)
        return is_hub_id(self.model.value)


def _converted(fact: Fact[str], option: Option[T]) -> Fact[T]:
    if not isinstance(fact, Known):
        return fact
    value = option.convert(fact.value)
    return UNKNOWN if value is None else Known(value, fact.span)
