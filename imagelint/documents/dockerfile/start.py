"""What the image of a Dockerfile runs: ENTRYPOINT and CMD as Docker combines them.

https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.source import Span
from imagelint.documents.dockerfile.details import ImageDetails
from imagelint.documents.dockerfile.platform import ImagePlatform
from imagelint.documents.mapped import MappedText
from imagelint.documents.runtime.field import Place
from imagelint.documents.runtime.model import ContainerPort, Runtime
from imagelint.documents.shell.script import Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.documents.dockerfile.model import Stage, StartCommand
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.imageconfig import ImageConfig
    from imagelint.documents.serving.launch import Launch
    from imagelint.documents.shell.script import Script
    from imagelint.documents.web.servers import WebServer
    from imagelint.documents.yaml.nodes import YamlNode


def launch_of(
    stage: Stage, scripts: Mapping[str, Script] = {}, files: Mapping[str, YamlNode] = {}
) -> Launch:
    """What a container of this stage's image runs.

    `scripts` are those in files, by their words, `files` the settings in files, by their paths.
    """
    from imagelint.documents.serving.launch import Launch

    argv, complete = _argv(stage)
    start = stage.start
    user: Fact[str] = stage.user.name if isinstance(stage.user.name, Known) else UNKNOWN
    return Launch(
        span=start.span if start else stage.span,
        image=stage.root_image,
        argv=argv,
        complete=complete,
        env=tuple(stage.env.values()),
        env_complete=stage.env_complete,
        runtime=Runtime(
            platform=ImagePlatform(Place(start.span if start else stage.span)),
            owner="Dockerfile",
            name=stage.name or (stage.root_image.text if stage.root_image else ""),
            span=stage.span,
            ports=tuple(ContainerPort(port, stage) for port in stage.exposed),
            user=user,
            details=ImageDetails(stage.healthcheck),
        ),
        appends=stage.entrypoint is None and not stage.env_complete,
        scripts=scripts,
        files=files,
    )


def config_of(
    stage: Stage, scripts: Mapping[str, Script] = {}, files: Mapping[str, YamlNode] = {}
) -> ImageConfig:
    """What containers get of this stage's image; `scripts` and `files` as those of `launch_of`."""
    from imagelint.documents.serving.imageconfig import ExposedPort, ImageConfig, known_user

    entry = stage.entrypoint
    return ImageConfig(
        entry=None if entry is None else _words(entry, stage.shell),
        command=_words(stage.cmd, stage.shell),
        closed=entry is not None and not entry.json,
        base=stage.root_image,
        env=tuple(stage.env.values()),
        user=known_user(stage.user.name),
        ports=tuple(ExposedPort(stage.span, number) for number in stage.exposed),
        healthcheck=stage.healthcheck,
        scripts=scripts,
        files=files,
    )


def _argv(stage: Stage) -> tuple[tuple[Word, ...], bool]:
    """The words, and whether they are all that is run."""
    command = _words(stage.cmd, stage.shell)
    if stage.entrypoint is None:
        # An outside image may bring an entry point of its own.
        return command, stage.env_complete
    entry = _words(stage.entrypoint, stage.shell)
    return (entry if not stage.entrypoint.json else (*entry, *command)), True


def servers_of(launch: Launch) -> tuple[tuple[ServingCommand, ...], tuple[WebServer, ...]]:
    """The servers of models that the image starts, and the programs that serve anything."""
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.reading import started_servers

    started = tuple(started_servers(launch))
    if started and (whole := _as_started(launch)) is not launch:
        started = tuple(started_servers(whole))
    servers = tuple(one for one in started if isinstance(one, ServingCommand))
    return servers, tuple(one for one in started if not isinstance(one, ServingCommand))


def _as_started(launch: Launch) -> Launch:
    """The same where CMD is known to be the whole command, by what the image is built upon.

    Most images start no server, for which alone that matters.
    """
    image = launch.image.known if launch.image is not None else None
    if launch.complete or not launch.appends or image is None:
        return launch
    from imagelint.knowledge.base_images import base_image

    found = base_image(image)
    bare = found is not None and found.bare
    return launch._replace(complete=True, appends=False) if bare else launch


def _words(start: StartCommand | None, shell: tuple[str, ...]) -> tuple[Word, ...]:
    """The words that a start comes to: the shell form is run by the shell."""
    if start is None:
        return ()
    if start.json or not start.instruction.words:
        return start.words
    word = start.instruction.words[0]
    here = Span(word.span.start, word.span.start)
    script = start.script
    if (
        script is not None
        and script.readable
        and script.span == (here.start, here.start + len(script.text))
    ):
        written = MappedText.verbatim(script.text, script.span.start)
        word = word._replace(value=Known(script.text, script.span), written=written)
    return (*(Word(here, "", Known(part, here)) for part in shell), word)
