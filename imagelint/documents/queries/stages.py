"""Questions about a Dockerfile's stages that no single node can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.shell.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document, Node
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.serving.command import ServingCommand

__all__ = ["base_word", "chain", "enclosing_stage", "instructions_before", "is_windows"]
__all__ += ["part_of_stage", "server_of", "set_before", "shell_chosen", "stage_scripts", "stages"]


def stages(document: Document) -> tuple[Stage, ...]:
    """The stages of a Dockerfile in order; none for any other document."""
    if document.kind != "dockerfile":
        return ()
    from imagelint.documents.dockerfile import Dockerfile

    return document.stages if isinstance(document, Dockerfile) else ()


def enclosing_stage(document: Document, span: Span) -> Stage | None:
    """The stage in which a place lies; None before the first FROM and outside Dockerfiles."""
    found = None
    for stage in stages(document):
        if stage.span.start > span.start:
            break
        found = stage
    return found


def chain(document: Document, stage: Stage) -> tuple[Stage, ...]:
    """A stage and those that it is built upon, itself first."""
    every = stages(document)
    found = [stage]
    while found[-1].base_stage is not None and found[-1].base_stage < found[-1].index:
        found.append(every[found[-1].base_stage])
    return tuple(found)


def part_of_stage(document: Document, stage: Stage, span: Span) -> bool:
    """Whether a place lies in a stage or in one that it is built upon."""
    inside = enclosing_stage(document, span)
    return inside is not None and inside.index in {part.index for part in chain(document, stage)}


def instructions_before(document: Document, stage: Stage, span: Span) -> Iterator[Instruction]:
    """The instructions that were in force before a place in a stage, the latest first."""
    for part in chain(document, stage):
        for instruction in reversed(part.instructions):
            if instruction.span.end <= span.start:
                yield instruction


def stage_scripts(document: Document, stage: Stage) -> tuple[Script, ...]:
    """The scripts of a stage and of those that it is built upon, in source order."""
    return tuple(
        node
        for node in document.walk()
        if isinstance(node, Script) and part_of_stage(document, stage, node.span)
    )


def set_before(document: Document, stage: Stage, names: frozenset[str], span: Span) -> list[EnvVar]:
    """The settings of some variables which hold at a place in a stage, the latest last."""
    return [
        node
        for node in document.walk()
        if isinstance(node, EnvVar)
        and node.name in names
        and node.origin is not EnvOrigin.SHELL
        and node.span.end <= span.start
        and part_of_stage(document, stage, node.span)
    ]


def shell_chosen(document: Document, stage: Stage) -> bool:
    """Whether a SHELL instruction in sight says what runs the shell forms of a stage."""
    return any(part.of("SHELL") for part in chain(document, stage))


def base_word(document: Document, stage: Stage) -> Node:
    """What a stage's FROM names: an image, a stage, `scratch`."""
    from imagelint.documents.dockerfile import Dockerfile

    if isinstance(document, Dockerfile):
        for instruction in document.instructions:
            if instruction.span == stage.span and instruction.words:
                return instruction.words[0]
    return stage


def server_of(document: Document) -> ServingCommand | None:
    """The server of language models that the image of a Dockerfile starts."""
    from imagelint.documents.dockerfile import Dockerfile

    return document.serving if isinstance(document, Dockerfile) else None


def is_windows(stage: Stage) -> bool:
    """Whether a stage runs its commands by a shell of Windows."""
    return bool(stage.shell) and stage.shell[0].lower().startswith(("cmd", "powershell", "pwsh"))
