"""What an instruction of a build writes anew that an earlier layer holds already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.lookup import manager_call
from imagelint.documents.packages.python import is_python
from imagelint.documents.queries.downloads import downloads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.shell.script import Command

_RECURSIVE = ("-R", "-r", "--recursive")
_WEIGHTS = pattern(r".*\.(?:safetensors|gguf|ggml|bin|pt|pth|ckpt|onnx|engine)")
CHANGING = ("chown", "chmod", "chgrp", "mv")
"""The programs that write files a second time."""


class WrittenTwice(NamedTuple):
    """A command that writes anew what an earlier layer holds: `what` says what that is."""

    command: Command
    program: str
    path: str
    what: str


def copied_twice(stage: Stage) -> Iterator[WrittenTwice]:
    """The commands of a stage that change the owner or the place of large files below them."""
    large: dict[str, str] = {}
    run: dict[Span, list[Command]] = {}
    for script in stage.scripts:
        runs = stage.instruction_at(script.span.start)
        if runs is not None:
            run.setdefault(runs.span, []).extend(script.commands)
    for instruction in stage.instructions:
        commands = run.get(instruction.span, [])
        for command in commands if large else ():
            found = _written(command, large)
            if found is not None:
                yield found
        for command in commands:
            large.update(_made(command))
        large.update(_copied(instruction))


def _written(command: Command, large: dict[str, str]) -> WrittenTwice | None:
    if command.program not in CHANGING:
        return None
    words = [word.text for word in command.arguments]
    moves = command.program == "mv"
    if not moves and not any(_is_recursive(word) for word in words):
        return None
    paths = [word.rstrip("/") for word in words if word.startswith("/") and "$" not in word]
    for path in paths[:1] if moves else paths:
        for folder, what in large.items():
            if f"{folder}/".startswith(f"{path}/"):
                return WrittenTwice(command, command.program, folder, what)
    return None


def _is_recursive(word: str) -> bool:
    return word in _RECURSIVE or (word.startswith("-") and word[1:2] != "-" and "R" in word)


def _made(command: Command) -> Iterator[tuple[str, str]]:
    """The folders in which a command leaves weights or a virtual environment."""
    for download in downloads(command):
        weights = download.kind == "model" or (
            isinstance(download.url, Known) and _WEIGHTS.fullmatch(download.url.value.lower())
        )
        if weights and download.output.startswith("/"):
            yield download.output.rstrip("/"), "a model of an earlier layer"
    places = [word.text for word in command.arguments[1:] if word.text.startswith("/")]
    if places and _makes_environment(command):
        for place in places:
            yield place.rstrip("/"), "a virtual environment of an earlier layer"


def _makes_environment(command: Command) -> bool:
    call = manager_call(command)
    if call is not None and call.says(*call.manager.environments):
        return True
    words = [word.text for word in command.arguments[:2]]
    by_python = is_python(command.program) and words == ["-m", "venv"]
    return by_python or command.program == "virtualenv"


def _copied(instruction: Instruction) -> Iterator[tuple[str, str]]:
    """The files of weights that a COPY puts into a folder of its own layer."""
    if instruction.keyword not in ("COPY", "ADD") or len(instruction.words) < _FEWEST:
        return
    *sources, target = instruction.words
    if target.text.startswith("/") and any(_WEIGHTS.fullmatch(one.text.lower()) for one in sources):
        yield target.text.rstrip("/"), "a model of an earlier layer"


_FEWEST = 2
