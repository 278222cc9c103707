"""From a container to the serving command that it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.invocation import Invocation, find_invocation
from imagelint.documents.serving.switches import (
    ParsedWords,
    Switch,
    read_environment,
    read_words,
    settled,
)
from imagelint.documents.serving.values import (
    fraction,
    token_count,
    typed,
    typed_int,
    whole_number,
)
from imagelint.knowledge.engines import Engine, engine, is_embedding
from imagelint.knowledge.versions import engine_version

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.shell.script import Word

# Images whose GPU or port serves something else than a model.
_NOT_SERVERS = ("device-plugin", "exporter", "dcgm", "feature-discovery", "gpu-operator", "driver")


class _Arguments(NamedTuple):
    """All that an engine is told, from words and variables."""

    engine: Engine
    switches: tuple[Switch, ...]
    complete: bool
    env_complete: bool
    model: Fact[str]

    def option(self, name: str) -> Fact[str]:
        """What sets an option; absent only if every place that could was read."""
        names = self.engine.options.get(name)
        fact = ABSENT if names is None else self.flag(names[0])
        return UNKNOWN if fact is ABSENT and name in self.engine.elsewhere else fact

    def flag(self, main_name: str) -> Fact[str]:
        """What sets a flag: the last word that does, else a variable."""
        found = [switch for switch in self.switches if switch.name == main_name]
        found.sort(key=lambda switch: not switch.variable)
        if found:
            return found[-1].value
        if not self.complete:
            return UNKNOWN
        from_variable = main_name in self.engine.environment.values()
        return UNKNOWN if from_variable and not self.env_complete else ABSENT


def serving_command(launch: Launch) -> ServingCommand | None:
    """The server that a container starts; None when it starts none, or only makes embeddings."""
    invocation = find_invocation(launch)
    if invocation is None:
        return _unknown_server(launch)
    if is_embedding(invocation.engine):
        return None
    told = _told(launch, invocation)
    span = _place(launch, invocation, told)
    return _command(launch, invocation, told, span)


def _told(launch: Launch, invocation: Invocation) -> _Arguments:
    known = engine(invocation.engine)
    reading = read_words(known, invocation.words)
    complete = invocation.complete and reading.complete
    if any(switch.name in known.config_flags for switch in reading.switches):
        complete = False
    switches = (*reading.switches, *_split_address(read_environment(known, launch.env)))
    told = _Arguments(known, switches, complete, launch.env_complete, UNKNOWN)
    return told._replace(model=_model(launch, told, reading))


def _split_address(switches: tuple[Switch, ...]) -> tuple[Switch, ...]:
    """Switches with an `address` (`0.0.0.0:11434`, `:11434`) as host and port."""
    found: list[Switch] = []
    for switch in switches:
        if switch.name != "address":
            found.append(switch)
            continue
        if not isinstance(switch.value, Known):
            found += [switch._replace(name="host"), switch._replace(name="port")]
            continue
        address = switch.value.value.rpartition("://")[2].rstrip("/")
        host, colon, port = address.rpartition(":")
        if not colon or port.endswith("]"):
            host, port = address, ""
        for name, value in (("host", host.strip("[]")), ("port", port)):
            if value:
                fact = Known(value, switch.value_span)
                found.append(switch._replace(name=name, value=fact))
    return tuple(found)


def _model(launch: Launch, told: _Arguments, reading: ParsedWords) -> Fact[str]:
    """The model: a flag, a variable, the first bare word, or what the image is named after."""
    fact = told.option("model")
    if isinstance(fact, Known):
        return fact
    for name in told.engine.other_models:
        if (other := told.flag(name)) is not ABSENT:
            return other
    if told.engine.positional == "model" and reading.positionals:
        word: Word = reading.positionals[0]
        return settled(word.value, word.span)
    image = launch.image
    # A NIM image is named after its model: `nvcr.io/nim/meta/llama-3.1-8b-instruct`.
    if (
        fact is ABSENT
        and told.engine.name == "nim"
        and image
        and isinstance(image.reference, Known)
    ):
        return Known(image.reference.value.repository.removeprefix("nim/"), image.span)
    return UNKNOWN if reading.ambiguous else fact


def _place(launch: Launch, invocation: Invocation, told: _Arguments) -> Span:
    if isinstance(told.model, Known) and told.model.span is not None:
        return told.model.span
    return invocation.program.span if invocation.program else launch.span


def _version(launch: Launch, invocation: Invocation) -> Fact[str]:
    image = launch.image
    if image is None or not isinstance(image.reference, Known):
        return UNKNOWN
    version = engine_version(invocation.engine, image.reference.value)
    return Known(version.value, image.span) if isinstance(version, Known) else version


def _command(
    launch: Launch, invocation: Invocation, told: _Arguments, span: Span
) -> ServingCommand:
    return ServingCommand(
        span=span,
        launch=launch,
        engine=invocation.engine,
        engine_version=_version(launch, invocation),
        model=told.model,
        revision=told.option("revision"),
        quantization=told.option("quantization"),
        dtype=told.option("dtype"),
        host=told.option("host"),
        key=told.option("key"),
        tensor_parallel=typed_int(told.option("tensor_parallel"), whole_number),
        pipeline_parallel=typed_int(told.option("pipeline_parallel"), whole_number),
        data_parallel=typed_int(told.option("data_parallel"), whole_number),
        port=typed_int(told.option("port"), whole_number),
        memory_fraction=typed(told.option("memory_fraction"), fraction),
        max_length=typed_int(told.option("max_length"), token_count),
        switches=told.switches,
        complete=told.complete,
        path=launch.path,
        own_image=invocation.upstream,
    )


def _unknown_server(launch: Launch) -> ServingCommand | None:
    """A container that asks for GPUs, declares a port and goes on for ever serves something."""
    runtime = launch.runtime
    serves = isinstance(runtime.gpus, Known) and runtime.ports and runtime.restarts
    if not serves or _is_known_otherwise(launch):
        return None
    return ServingCommand(launch.span, launch, path=launch.path)


def _is_known_otherwise(launch: Launch) -> bool:
    image = launch.image
    text = image.text.lower() if image is not None else ""
    name = launch.runtime.name.lower()
    return any(word in text or word in name for word in _NOT_SERVERS)
