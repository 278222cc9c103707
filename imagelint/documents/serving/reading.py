"""From a container to the serving command that it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known, value_or
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.invocation import Invocation, commands, find_invocation
from imagelint.documents.serving.options import MODEL, TENSOR_PARALLEL
from imagelint.documents.serving.switches import (
    ParsedWords,
    Switch,
    read_environment,
    read_words,
    settled,
)
from imagelint.knowledge.engines import Engine, engine
from imagelint.knowledge.versions import engine_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.shell.script import Word
    from imagelint.documents.web.servers import WebServer
    from imagelint.knowledge.serving.other_servers import OtherServer

LISTENING = frozenset(
    {"chainlit", "daphne", "fastapi", "fastchat.serve", "flask", "granian", "gunicorn", "hypercorn"}
    | {"litellm", "llama_cpp.server", "mlc_llm", "mlflow", "streamlit", "uvicorn", "waitress-serve"}
    | {"debugpy", "jupyter", "notebook"}
)
"""The names of all programs in the table of web servers: most containers run none of them."""
DEBUGGING = ("--inspect", "jdwp")
"""What stands in every option that lets a debugger of an interpreter in."""
_MOUNT = "/mnt/models"
"""kserve/kserve:pkg/constants/constants.go `DefaultModelLocalMountPath`."""
_ASKED = ("--help", "--version")
"""An engine that is asked so answers, and ends."""


def started_servers(launch: Launch) -> Iterator[ServingCommand | WebServer]:
    """The servers of models that a container starts, else the programs that serve anything."""
    alone = True
    for command in serving_commands(launch):
        alone = alone and not command.engine
        yield command
    if alone and names_web_server(launch):
        from imagelint.documents.web.servers import web_servers

        yield from web_servers(launch)
    if names_debugger(launch):
        from imagelint.documents.web.debuggers import debuggers

        yield from debuggers(launch)


def names_web_server(launch: Launch) -> bool:
    """Whether what is run may start a program of the table of web servers."""
    return any(name in text for text in launch.written for name in LISTENING)


def names_debugger(launch: Launch) -> bool:
    """Whether a container may let a debugger of an interpreter in."""
    texts = (*launch.written, *(value_or(one.value, "") for one in launch.env))
    return any(mark in text for text in texts for mark in DEBUGGING)


def serving_commands(launch: Launch) -> Iterator[ServingCommand]:
    """The server that a container starts, and the engines that this one starts by its settings."""
    command = serving_command(launch)
    if command is not None:
        yield command
    if launch.applications is None and not launch.files:
        return
    from imagelint.documents.serving.hosted import hosted_servers

    yield from hosted_servers(launch)


def serving_command(launch: Launch) -> ServingCommand | None:
    """The server that a container starts; None when it starts none."""
    invocation = find_invocation(launch)
    if invocation is None:
        return _unknown_server(launch)
    if any(word.text in _ASKED for word in invocation.words):
        return None
    launch = launch._replace(env=(*launch.env, *invocation.exported))
    known = engine(invocation.engine)
    reading = read_words(known, invocation.words)
    under, over, complete = _by_files(known, reading, launch)
    command = ServingCommand(
        span=invocation.program.span if invocation.program else launch.span,
        launch=launch,
        engine=invocation.engine,
        engine_version=_version(launch, invocation),
        switches=(
            *_told(known, launch),
            *under,
            *_besides_mount(reading.switches, launch),
            *over,
            *_split_address(read_environment(known, launch.env)),
        ),
        complete=invocation.complete and reading.complete and complete,
        path=launch.path,
        own_image=invocation.upstream,
        program=invocation.program,
        words=invocation.words,
        concluded=invocation.concluded,
        worker=invocation.worker,
    )
    if launch.more_words and command.find_switch(command.flag(TENSOR_PARALLEL)) is None:
        # Who says how a model is split says all of it; the rest may come from where this may.
        command = command._replace(complete=False)
    model = _model(command, known, reading)
    if _is_namesake(command, model):
        return _unknown_server(launch)
    place = model.span if isinstance(model, Known) else None
    return command._replace(model=model, span=place or command.span)


def _is_namesake(command: ServingCommand, model: Fact[str]) -> bool:
    """Whether what a server is told says that it is another one, which the same words start."""
    from imagelint.knowledge.serving.namesakes import namesakes

    variables = {variable.name for variable in command.launch.env}
    for other in namesakes(command.engine):
        if isinstance(model, Known) and other.serves(model.value):
            return True
        # In the engine's own image a variable that only the other one reads changes nothing.
        if not command.own_image and not other.variables.isdisjoint(variables):
            return True
        for switch in command.switches:
            values = other.flags.get(switch.name)
            if values is not None and (not values or value_or(switch.value, "") in values):
                return True
    return False


def _by_files(
    known: Engine, reading: ParsedWords, launch: Launch
) -> tuple[tuple[Switch, ...], tuple[Switch, ...], bool]:
    """What files set, less and more than the words do, and whether that is known."""
    flags = known.config_flags
    by_variable = not flags.isdisjoint(known.environment.values())
    if not by_variable and not any(switch.name in flags for switch in reading.switches):
        return (), (), True
    from imagelint.documents.serving.configfiles import config_switches, file_settings

    named = config_switches(known, reading, launch.env)
    return file_settings(known, reading, named, launch.files) if named else ((), (), True)


def _told(known: Engine, launch: Launch) -> Iterator[Switch]:
    """What an operator tells the server, as if its flags stood there."""
    for one in launch.told:
        for flag in known.options.get(one.option, ())[:1]:
            yield Switch(one.span, flag, one.value, one.span, one.written)


def _besides_mount(switches: tuple[Switch, ...], launch: Launch) -> Iterator[Switch]:
    """The switches but for where KServe mounts the model whose address its object tells."""
    addressed = any(one.option == MODEL.name for one in launch.told)
    for switch in switches:
        if not (addressed and isinstance(switch.value, Known) and switch.value.value == _MOUNT):
            yield switch


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


def _model(command: ServingCommand, known: Engine, reading: ParsedWords) -> Fact[str]:
    """The model: a flag, a variable, the first bare word, or what the image is named after."""
    fact = command.option(MODEL)
    if isinstance(fact, Known):
        return fact
    for name in known.other_models:
        if (other := command.switch(name)) is not ABSENT:
            return other
    if known.positional == MODEL.name and reading.positionals:
        word: Word = reading.positionals[0]
        return settled(word.value, word.span)
    image = command.launch.image
    before = known.model_after_image
    if fact is ABSENT and before and image and image.known:
        return Known(image.known.repository.removeprefix(before), image.span)
    return UNKNOWN if reading.ambiguous else fact


def _version(launch: Launch, invocation: Invocation) -> Fact[str]:
    image = launch.image
    if image is None or image.known is None:
        return UNKNOWN
    version = engine_version(invocation.engine, image.known)
    return Known(version.value, image.span) if isinstance(version, Known) else version


def _unknown_server(launch: Launch) -> ServingCommand | None:
    """A container that asks for GPUs, is reached by others and goes on for ever is a server."""
    runtime = launch.runtime
    reached = bool(runtime.ports) or launch.choice is not None
    if not isinstance(runtime.gpus, Known) or not reached or not runtime.restarts:
        return None
    other = other_server(launch)
    if other is not None and not other.models:
        return None
    return ServingCommand(launch.span, launch, path=launch.path)


def other_server(launch: Launch) -> OtherServer | None:
    """What a container serves by that is no engine of ours, as far as names tell."""
    from imagelint.knowledge.serving.other_servers import other_server_named, other_server_started

    started = (other_server_started([word.text for word in words]) for words in commands(launch))
    image = launch.image.text.partition("@")[0] if launch.image is not None else ""
    return next(filter(None, started), None) or other_server_named(image, launch.runtime.name)
