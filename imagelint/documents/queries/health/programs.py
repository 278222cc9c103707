"""Questions about the programs that checks run: whether the image has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.queries.stages import chain
from imagelint.documents.shell.script import ScriptRole
from imagelint.documents.shell.shells import SHELLS
from imagelint.knowledge.containers.programs import CHECKING, lacked_programs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.runtime.probe import CheckCommand
    from imagelint.documents.shell.script import Command, Script

# Programs that may bring anything.
_OPAQUE = frozenset((*SHELLS, "make", "ansible-playbook", "nix", "nix-env", ".", "source", "eval"))
# Packages by whose names the programs are not called.
_PACKAGES = {"netcat": "nc", "ncat": "nc", "nmap": "nc", "busybox": "wget", "miniconda": "curl"}
_PROGRAMS = ("/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/")
_SYSTEM = frozenset(("/", "/usr", "/usr/bin", "/bin", "/usr/local", "/usr/local/bin", "/opt"))


def programs_brought(document: Document, stage: Stage) -> frozenset[str] | None:
    """The programs for checks that a stage may have besides those of its base image.

    None where that may be any of them: scripts of others, whole folders of programs.
    """
    found: set[str] = set()
    for part in chain(document, stage):
        runs = [script for script in part.scripts if script.role is ScriptRole.RUN]
        if not all(map(_is_clear, runs)) or any(map(copies_programs, part.instructions)):
            return None
        text = " ".join((*(script.text for script in runs), *_copied(part)))
        found |= {name for name in CHECKING if name in text}
        found |= {name for package, name in _PACKAGES.items() if package in text}
    return frozenset(found)


def _copied(stage: Stage) -> Iterator[str]:
    for instruction in stage.instructions:
        if instruction.keyword in ("COPY", "ADD"):
            yield from (word.raw for word in instruction.words)


def _is_clear(script: Script) -> bool:
    """Whether a script is read to its end: it runs no other one, and says what it installs."""
    return script.readable and not any(map(is_opaque, script.commands))


def is_opaque(command: Command) -> bool:
    """Whether a command runs what nobody reads, or installs what a variable says."""
    if not command.words:
        return False
    path = command.words[0].text
    if command.program in _OPAQUE or path.endswith(".sh") or path.startswith(("./", "/", "$")):
        return (
            not path.startswith(("/usr/bin/", "/bin/", "/usr/sbin/")) or command.program in _OPAQUE
        )
    installs = any(word.text in ("install", "add") for word in command.arguments)
    return installs and any(word.raw.startswith(("$", '"$')) for word in command.arguments)


def copies_programs(instruction: Instruction) -> bool:
    """Whether folders of programs are copied, or an archive is unpacked over the system."""
    if instruction.keyword not in ("COPY", "ADD") or len(instruction.words) < 2:  # noqa: PLR2004
        return False
    *sources, target = (word.text.rstrip("/") or "/" for word in instruction.words)
    folders = any(source in _SYSTEM for source in sources)
    return (instruction.flag("from") is not None and folders) or (
        instruction.keyword == "ADD" and target in _SYSTEM
    )


def missing_program(check: CheckCommand) -> str:
    """The program that a check runs and the image certainly lacks; empty where there is none."""
    from imagelint.documents.queries.requests import commands_run

    image = check.image.known if check.image is not None else None
    if image is None or check.brings is None:
        return ""
    lacked = lacked_programs(image) - check.brings
    if check.in_shell and "sh" in lacked:
        return "sh"
    for words in commands_run(check.words, in_shell=check.in_shell):
        if words[0].text in lacked:
            return words[0].text
    return ""
