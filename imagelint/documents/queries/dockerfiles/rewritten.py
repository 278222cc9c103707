"""Questions about what a RUN changes of files that a COPY has brought."""

from __future__ import annotations

from posixpath import basename, dirname, join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.shell.script import Command, Script, Word

__all__ = ["Rewriting", "rewritten_copies"]

_CHANGING = {"chown": "chown", "chgrp": "chown", "chmod": "chmod"}
_RECURSIVE = ("-R", "--recursive")
_EXECUTABLE = pattern(r"[ugoa]*\+[rwX]*x[rwX]*")
"""Modes that nobody gives a folder by itself, which is entered already."""
_SOMEWHERE = "/?"  # the working directory of an outside image, which nobody knows


class Rewriting(NamedTuple):
    """A command that changes owner or mode of what an instruction has copied to a path.

    `flag` is the flag of COPY that would have said so.
    """

    command: Command
    word: Word
    copy: Instruction
    path: str
    flag: str


def rewritten_copies(stage: Stage) -> Iterator[Rewriting]:
    """The commands of a stage that write the files of an earlier COPY into another layer."""
    copied: dict[str, Instruction] = {}
    files: dict[str, Instruction] = {}
    workdir = _SOMEWHERE
    scripts = _by_instruction(stage)
    for instruction in stage.instructions:
        match instruction.keyword:
            case "WORKDIR" if instruction.words:
                known = isinstance(instruction.words[0].value, Known)
                workdir = _absolute(instruction.words[0].text, workdir) if known else _SOMEWHERE
            case "COPY" | "ADD":
                for path in _targets(instruction, workdir):
                    copied[path] = instruction
                files.update(dict.fromkeys(_unclear(instruction, workdir), instruction))
            case "RUN" if copied or files:
                for script in scripts.get(instruction.span.start, ()):
                    yield from _of_script(script, workdir, copied, files)


def _absolute(path: str, workdir: str) -> str:
    return normpath("/" + join(workdir, path).lstrip("/"))


def _by_instruction(stage: Stage) -> dict[int, list[Script]]:
    found: dict[int, list[Script]] = {}
    for script in stage.scripts:
        if "ch" in script.text:
            inside = stage.instruction_at(script.span.start)
            if inside is not None:
                found.setdefault(inside.span.start, []).append(script)
    return found


def _targets(instruction: Instruction, workdir: str) -> Iterator[str]:
    """Where an instruction puts what it copies: the folder, and each file that it names."""
    if len(instruction.words) < 2:  # noqa: PLR2004 - from, to
        return
    *sources, target = instruction.words
    if not isinstance(target.value, Known):
        return
    place = _absolute(target.text, workdir)
    if place.startswith(_SOMEWHERE):
        return
    into = len(sources) > 1 or target.text.endswith(("/", "/.")) or target.text in (".", "./")
    for source in sources if into else ():
        name = basename(source.text.rstrip("/"))
        if "." in name.strip(".") and isinstance(source.value, Known) and "*" not in name:
            yield f"{place.rstrip('/')}/{name}"
    if not into or not all("." in basename(source.text).strip(".") for source in sources):
        yield place


def _unclear(instruction: Instruction, workdir: str) -> Iterator[str]:
    """Where a source without an ending goes: a file of its name, or what a folder holds."""
    if len(instruction.words) < 2 or not isinstance(instruction.words[-1].value, Known):  # noqa: PLR2004
        return
    *sources, target = instruction.words
    place = _absolute(target.text, workdir)
    if place.startswith(_SOMEWHERE):
        return
    into = len(sources) > 1 or target.text.endswith(("/", "/.")) or target.text in (".", "./")
    for source in sources:
        name = basename(source.text.rstrip("/"))
        if name and "." not in name and "*" not in name and isinstance(source.value, Known):
            yield f"{place.rstrip('/')}/{name}" if into else place


def _of_script(
    script: Script, workdir: str, copied: dict[str, Instruction], files: dict[str, Instruction]
) -> Iterator[Rewriting]:
    told: set[int] = set()
    moved = bool(script.of("cd", "pushd"))
    for command in script.of(*_CHANGING):
        recursive = command.has_flag(*_RECURSIVE)
        for word in _paths(command):
            if not isinstance(word.value, Known) or (moved and not word.text.startswith("/")):
                continue
            path = _absolute(word.text, workdir)
            copy = None if path == "/" else _within(path, copied, recursive=recursive)
            if copy is None and not recursive and _makes_executable(command):
                copy = files.get(path) or copied.get(path)
            if copy is not None and copy.span.start not in told:
                told.add(copy.span.start)
                flag = _CHANGING[command.program]
                yield Rewriting(command, word, copy, path, flag)


def _makes_executable(command: Command) -> bool:
    """Whether a `chmod` lets a file be run, as `+x` and `a+rx` do."""
    mode = next((word for word in command.arguments if not word.text.startswith("-")), None)
    return (
        command.program == "chmod" and mode is not None and bool(_EXECUTABLE.fullmatch(mode.text))
    )


def _paths(command: Command) -> tuple[Word, ...]:
    """The paths of `chmod -R a+rx /srv`: what stands behind the mode or the owner."""
    words = tuple(word for word in command.arguments if not word.text.startswith("-"))
    return words if command.has_flag("--reference") else words[1:]


def _within(path: str, copied: dict[str, Instruction], *, recursive: bool) -> Instruction | None:
    """What copied the file or folder at a path; what lies above only if all below is changed."""
    if path in copied:
        return copied[path] if recursive or "." in basename(path) else None
    if not recursive:
        return None
    above = dirname(path)
    while above not in ("", "/"):
        if above in copied:
            return copied[above]
        above = dirname(above)
    return None
