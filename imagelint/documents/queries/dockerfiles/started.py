"""Questions about the program that an image starts: whether anything brings it."""

from __future__ import annotations

from posixpath import basename, dirname, join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.stages import chain, is_windows
from imagelint.documents.shell.script import ScriptRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction, Stage, StartCommand
    from imagelint.documents.shell.script import Script, Word

__all__ = ["MissingStart", "missing_start"]

# Every container without a PATH of its own has it: moby/buildkit:util/system/path.go
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What writes no program.
_HARMLESS = frozenset(
    ("mkdir", "chmod", "chown", "chgrp", "rm", "rmdir", "touch", "true", "set", ":", "test", "[")
) | frozenset(("useradd", "adduser", "groupadd", "addgroup", "usermod", "ls"))
_MODULE = ".wasm"  # a runtime reads it from where it likes
_TWO = 2  # from, to


class MissingStart(NamedTuple):
    """A program that certainly is not there: the word that names it, or what runs the shell form.

    `near` are the paths that were copied, those of the same name first.
    """

    start: StartCommand
    word: Word | None
    program: str
    near: tuple[str, ...]


def missing_start(document: Document, stage: Stage) -> MissingStart | None:
    """What the final stage starts, where nothing can have brought it."""
    start = _first(stage)
    if start is None or is_windows(stage):
        return None
    word = start.words[0] if start.json and start.words else None
    if start.json and (word is None or not isinstance(word.value, Known)):
        return None
    program = word.value.value if word and isinstance(word.value, Known) else stage.shell[0]
    if "$" in program or not program.strip() or program.endswith(_MODULE):
        return None
    places = _places(stage, program)
    below = chain(document, stage)
    if not places or any(_may_be(path, below) for path in places):
        return None
    if not _lacks(program, below):
        return None
    return MissingStart(start, word, program, tuple(_near(program, below)))


def _first(stage: Stage) -> StartCommand | None:
    """What runs first: the ENTRYPOINT, or a CMD where the image has none of its own."""
    if stage.entrypoint is not None:
        return stage.entrypoint
    if stage.cmd is None or stage.root_image is None:
        return stage.cmd
    from imagelint.knowledge.containers.programs import starts_what_it_is_told

    image = stage.root_image.known
    return stage.cmd if image is not None and starts_what_it_is_told(image) else None


def _places(stage: Stage, program: str) -> tuple[str, ...]:
    """Where a program is looked for; none where that is not known."""
    if program.startswith("/"):
        return (normpath(program),)
    if "/" in program:
        folder = stage.workdir.value if isinstance(stage.workdir, Known) else ""
        return (normpath(join(folder, program)),) if folder.startswith("/") else ()
    path = _PATH
    if "PATH" in stage.env:
        value = stage.env["PATH"].value
        if not isinstance(value, Known):
            return ()
        path = value.value
    return tuple(normpath(join(folder, program)) for folder in path.split(":") if folder)


def _lacks(program: str, below: tuple[Stage, ...]) -> bool:
    """Whether the image at the bottom certainly does not have a program, nor a step made it."""
    bottom = below[-1]
    runs = [each for part in below for each in part.scripts if each.role is ScriptRole.RUN]
    if bottom.scratch:
        return not runs
    from imagelint.knowledge.containers.programs import lacked_programs

    image = bottom.root_image.known if bottom.root_image is not None else None
    if image is None or not all(map(_is_harmless, runs)):
        return False
    name = basename(program)
    ordinary = "/" not in program or dirname(program) in _PATH.split(":")
    return ordinary and name in lacked_programs(image)


def _is_harmless(script: Script) -> bool:
    from imagelint.documents.packages.lookup import manager_calls

    return script.readable and all(
        command.program in _HARMLESS and not manager_calls(command) for command in script.commands
    )


def _may_be(path: str, below: tuple[Stage, ...]) -> bool:
    """Whether an instruction may have put a file to a path."""
    return any(
        _may_bring(path, instruction)
        for part in below
        for instruction in part.instructions
        if instruction.keyword in ("COPY", "ADD")
    )


def _may_bring(path: str, instruction: Instruction) -> bool:
    if instruction.flag("parents") is not None or len(instruction.words) < _TWO:
        return True
    *_, target = instruction.words
    if not isinstance(target.value, Known) or not target.value.value.startswith("/"):
        return True
    place = normpath(target.value.value)
    return place in (path, "/") or path.startswith(f"{place}/")


def _near(program: str, below: Iterable[Stage]) -> Iterator[str]:
    """The files that were copied to a name of their own, those that are called alike first."""
    found = [
        word.value.value
        for part in below
        for instruction in part.instructions
        if instruction.keyword in ("COPY", "ADD") and len(instruction.words) == _TWO
        for word in instruction.words[1:]
        if isinstance(word.value, Known) and not word.value.value.endswith("/")
    ]
    return iter(sorted(found, key=lambda path: basename(path) != basename(program)))
