"""What is run in a development container when it is made, started, or opened.

https://containers.dev/implementors/json_reference/#lifecycle-scripts
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import DocumentError
from imagelint.documents.compose.words import CommandLine, MappedWord
from imagelint.documents.mapped import MappedText
from imagelint.documents.runlines.fragments import Fragment
from imagelint.documents.shell.script import Word
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.yaml.cursor import Cursor

# What only the editor fills in: for a shell these would be no variables at all.
_VARIABLE = pattern(r"\$\{(?:localEnv|env|containerEnv|templateOption):[^{}]*\}")
_INSIDE = (
    "onCreateCommand",
    "updateContentCommand",
    "postCreateCommand",
    "postStartCommand",
    "postAttachCommand",
)
_ON_HOST = "initializeCommand"
MOST_COMMANDS = 200
"""Commands of one file that are read: people write a handful, and each knows all variables."""


def lines_inside(root: Cursor) -> tuple[CommandLine, ...]:
    """The first command lines that are run in the container, as their words."""
    lines = (line for key in _INSIDE for line in _lines(root[key]))
    return tuple(islice(lines, MOST_COMMANDS))


def commands_beyond(root: Cursor) -> Iterator[DocumentError]:
    """That there are more commands than are read, at the first of the others."""
    lines = (line for key in _INSIDE for line in _lines(root[key]))
    for line in islice(lines, MOST_COMMANDS, MOST_COMMANDS + 1):
        message = f"more than {MOST_COMMANDS} commands of a container are not examined"
        yield DocumentError(ProblemKind.TOO_LARGE, message, line.words[-1].word.span)


def fragments(root: Cursor) -> Iterator[Fragment]:
    """The shell texts among the commands, also of the one that is run on the editor's machine."""
    for key in (_ON_HOST, *_INSIDE):
        for line in _lines(root[key]):
            yield Fragment(line.words[-1].mapped, "sh", path=line.words[-1].path)


def run_inside(service: ComposeService, lines: tuple[CommandLine, ...]) -> Iterator[Node]:
    """The scripts that are run in a container besides what it starts, and their servers."""
    if not lines:
        return
    from imagelint.documents.compose.launching import launch, started_script
    from imagelint.documents.serving.reading import started_servers
    from imagelint.documents.shared import CommandLine as WrittenLine

    for line in lines:
        last = line.words[-1]
        span = Span(line.words[0].word.span.start, last.word.span.end)
        yield WrittenLine(span, service.name, service.place, last.path)
        script = started_script(line.words, service)
        if script is not None:
            script = script.standing_in(service.place)
            yield script
            yield from script.commands
        # The image's own entry point has been replaced, or started before.
        yield from started_servers(launch(service._replace(started=line, config=None)))


def _lines(place: Cursor) -> Iterator[CommandLine]:
    """A text is run by a shell, a list as it is; of several under names, all are run."""
    for one in _alternatives(place):
        node = one.node
        if isinstance(node, Scalar) and node.value is not None:
            script = _word(node, one.path)
            span = script.word.span
            shell = (Word(span, text, Known(text, span)) for text in ("/bin/sh", "-c"))
            nowhere = MappedText("", span, ())
            yield CommandLine((*(MappedWord(word, nowhere, one.path) for word in shell), script))
        listed = ((item.node, item.path) for item in one.items())
        words = tuple(_word(item, path) for item, path in listed if isinstance(item, Scalar))
        if words:
            yield CommandLine(words)


def _alternatives(place: Cursor) -> tuple[Cursor, ...]:
    if isinstance(place.node, Mapping):
        return tuple(one for _, one in place.entries())
    return (place,) if isinstance(place.node, Scalar | Sequence) else ()


def _word(node: Scalar, path: str) -> MappedWord:
    mapped = map_scalar(node)
    pieces = ((*found.span(), "${_}") for found in _VARIABLE.finditer(mapped.text))
    mapped = mapped.replaced(pieces)
    word = Word(mapped.span, node.raw, Known(mapped.text, mapped.span))
    return MappedWord(word, mapped, path)
