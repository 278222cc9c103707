"""The service that a line starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.compose.ports import container_ports, read_ports
from imagelint.documents.compose.runtime import read_runtime
from imagelint.documents.compose.values import parts, value
from imagelint.documents.compose.variables import read_env
from imagelint.documents.compose.words import CommandLine, MappedWord
from imagelint.documents.mapped import MappedText
from imagelint.documents.runlines.body import RunCursor, body_of
from imagelint.documents.runlines.execution import RunPlace
from imagelint.documents.runlines.platform import (
    HANDED_OVER,
    QUADLET_WORDS,
    RUN_WORDS,
    UNIT_TAKES,
    QuadletPlatform,
    RunPlatform,
)
from imagelint.documents.runlines.values import mapped_word
from imagelint.documents.shared import ImageRole, image_use
from imagelint.documents.shell.script import Word

if TYPE_CHECKING:
    from imagelint.documents.compose.model import ServiceWords
    from imagelint.documents.runlines.line import RunLine
    from imagelint.documents.runlines.values import Value

_VARIABLE = pattern(r"[\w./:-]*\$(?:\w+|\{\w+\}|\(\w+\))[\w./:-]*")


class Spelling(NamedTuple):
    """How a container is told something where it is written."""

    words: ServiceWords
    platform: type[RunPlatform]
    handed_over: str
    cursor: type[RunCursor] = RunCursor
    place: type[RunPlace] = RunPlace


BY_FLAGS = Spelling(RUN_WORDS, RunPlatform, HANDED_OVER)
BY_KEYS = Spelling(QUADLET_WORDS, QuadletPlatform, UNIT_TAKES)


def service_of(line: RunLine, spelling: Spelling = BY_FLAGS) -> ComposeService:
    """The service that a line starts."""
    name = _name(line)
    body = body_of(line, name, spelling.cursor)
    env, env_complete = read_env(body)
    ports = read_ports(body)
    runtime = read_runtime(name, body, container_ports(ports, body))
    place = spelling.place(value(body["user"]), env, spelling.handed_over)
    image = body["image"]
    known = _shown(line)
    use = image_use(image, ImageRole.COMPOSE, known, parts(image))
    return ComposeService(
        span=line.span,
        name=name,
        body=body,
        image=use,
        build=None,
        arguments=(),
        env=tuple(variable._replace(place=place) for variable in env),
        env_complete=env_complete,
        ports=ports,
        runtime=runtime._replace(platform=spelling.platform(body, line), owner=line.title),
        place=place,
        path=body.path,
        words=spelling.words,
        started=_started(line),
    )


def _name(line: RunLine) -> str:
    """What a container is called, or its image: a variable where that is all that is written."""
    flag = line.last("name")
    name = flag.value if flag is not None else None
    named = name.known if name is not None else ""
    image = line.image.known.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return named or image or _variable(name) or _variable(line.image) or line.program


def _variable(value: Value | None) -> str:
    raw = "" if value is None else value.raw.strip("\"'")
    return raw if _VARIABLE.fullmatch(raw) else ""


def _shown(line: RunLine) -> str:
    """The image as it is written, or what it comes to where a variable is written."""
    return line.image.known or line.image.raw.strip("\"'")


def _started(line: RunLine) -> CommandLine:
    """The entry point that is named, which is one word, and the words behind the image."""
    flag = line.last("entrypoint")
    entry = () if flag is None or flag.value is None else (flag.value,)
    first = tuple(
        MappedWord(Word(one.span, one.raw, one.fact), MappedText(one.known, one.span, ()), "")
        for one in entry
    )
    arguments = tuple(map(mapped_word, line.arguments))
    return CommandLine((*first, *arguments))
