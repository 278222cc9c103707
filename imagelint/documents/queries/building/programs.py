"""Questions about the programs that the steps of a build run: whether the image has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.queries.building.depth import is_deep
from imagelint.documents.queries.dockerfiles.runscripts import own_scripts, scripts_by_step
from imagelint.documents.queries.health.programs import copies_programs, is_opaque
from imagelint.documents.queries.stages import chain, is_windows
from imagelint.knowledge.containers.buildtools import (
    brings_no_tools,
    build_tools_lacked,
    may_bring,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.shared import ImageUse
    from imagelint.documents.shell.script import Command, Script, Word

__all__ = ["MissingProgram", "missing_programs"]

# Mounts that bring no program, and whose folders are called like some.
_MOUNTS = pattern(r"--mount=type=(?:cache|secret|ssh|tmpfs)\S*")
_COMMENTS = pattern(r"^[ \t]*#.*$", re.MULTILINE)
_ROOTS = frozenset(("/", "/usr", "/usr/bin", "/bin", "/usr/local", "/usr/local/bin", "/opt"))
_TWO = 2  # from, to


class MissingProgram(NamedTuple):
    """A command whose program nothing has brought, with its word and the image that lacks it."""

    command: Command
    word: Word
    program: str
    image: ImageUse


def missing_programs(document: Document, stage: Stage) -> Iterator[MissingProgram]:
    """The programs that the RUN of a stage need and certainly do not find, each once."""
    below = chain(document, stage)
    image = below[-1].root_image
    if image is None or image.known is None or is_windows(stage):
        return
    if is_deep(document, stage):
        return
    if "$" in image.text.partition(":")[0]:
        return  # what stands there for want of another may have less
    lacked = build_tools_lacked(image.known)
    if not lacked or any(map(_may_bring_any, below[1:])):
        return
    text = document.source.text
    before = " ".join(
        text[part.span.end : part.instructions[-1].span.end] for part in reversed(below[1:])
    )
    looked_up: set[str] = set()
    for command in _commands(document, stage):
        found = _asked(command)
        if found is None or found[0] not in lacked or found[0] in looked_up:
            continue
        program, word = found
        looked_up.add(program)  # what is named once, is named in all that stands before the others
        said = f"{before} {text[stage.span.end : command.span.start]}"
        if not _mentions(said, program):
            yield MissingProgram(command, word, program, image)


def _commands(document: Document, stage: Stage) -> Iterator[Command]:
    """The commands of a stage up to what may bring any program."""
    scripts = document.derived(scripts_by_step)
    for instruction in stage.instructions[1:]:
        if instruction.keyword == "SHELL" or _brings(stage, instruction.span.start):
            return
        if instruction.keyword != "RUN":
            continue
        inside = scripts.get(instruction.span.start)
        if inside is None:
            return
        for command in inside[0].commands:
            yield command
            if _may_bring_more(command):
                return


def _brings(stage: Stage, start: int) -> bool:
    """Whether an instruction copies whole folders of programs."""
    instruction = stage.instruction_at(start)
    if instruction is None or instruction.keyword not in ("ADD", "COPY"):
        return False
    if len(instruction.words) < _TWO or copies_programs(instruction):
        return True
    return (instruction.words[-1].text.rstrip("/") or "/") in _ROOTS


def _may_bring_any(stage: Stage) -> bool:
    """Whether a stage below may bring any program."""
    scripts: list[Script] = list(own_scripts(stage))
    runs = len(stage.of("RUN"))
    if stage.of("SHELL") or len(scripts) < runs:
        return True
    if any(_brings(stage, one.span.start) for one in stage.of("ADD", "COPY")):
        return True
    return any(_may_bring_more(command) for script in scripts for command in script.commands)


def _may_bring_more(command: Command) -> bool:
    """Whether a command may bring programs of which it does not speak."""
    if is_opaque(command):
        return True
    for install in package_installs(command):
        if not install.manager.ecosystem.is_system:
            if not install.manager.ecosystem.holds_python or install.run is not None:
                return True
            continue
        names = [package.name for package in install.packages]
        if not install.complete or install.listed or not brings_no_tools(names):
            return True
    return False


def _asked(command: Command) -> tuple[str, Word] | None:
    """The program that a command certainly runs by its bare name, and its word."""
    if not command.unconditional or command.nested or not command.words:
        return None
    if command.wrappers:
        first = command.wrapping[0] if command.wrapping else None
        named = first is not None and first.text == "sudo"
        return ("sudo", first) if named and first is not None else None
    word = command.words[0]
    return (word.text, word) if word.text == command.program else None


def _mentions(text: str, program: str) -> bool:
    """Whether a text names a program, or what brings it."""
    bare = _MOUNTS.sub("", _COMMENTS.sub("", text))
    if may_bring(program, bare):
        return True
    return re.search(rf"(?<![\w.-]){re.escape(program)}(?![\w+-]|\.\w)", bare) is not None
