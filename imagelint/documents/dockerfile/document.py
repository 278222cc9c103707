"""A Dockerfile as a document."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.base import Allowance, Complaint, Document
from imagelint.documents.dockerfile.model import start_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.source import Source
    from imagelint.documents.base import Landmark, Node
    from imagelint.documents.dockerfile.model import (
        HealthCheck,
        Instruction,
        Stage,
        StartCommand,
    )
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.shared import EnvVar, ImageUse
    from imagelint.documents.shell.script import Script


class InstructionEntry(NamedTuple):
    """One instruction with the nodes that belong to it, in their order."""

    instruction: Instruction
    stage: Stage | None = None
    images: tuple[ImageUse, ...] = ()
    variables: tuple[EnvVar, ...] = ()
    script: Script | None = None
    start: StartCommand | None = None
    health: HealthCheck | None = None

    def nodes(self) -> Iterator[Node]:
        """Parents before children."""
        if self.stage is not None:
            yield self.stage
        yield from self.images
        yield self.instruction
        if self.instruction.onbuild is not None:
            yield self.instruction.onbuild
        yield from self.variables
        if self.script is not None:
            yield self.script
            for command in self.script.commands:
                yield command
                yield from command.assignments
        if self.start is not None:
            yield self.start
        if self.health is not None:
            yield self.health


class DockerfileContent(NamedTuple):
    """All that was read from the text of a Dockerfile."""

    directives: Mapping[str, str]
    entries: tuple[InstructionEntry, ...]
    stages: tuple[Stage, ...]
    arguments: Mapping[str, EnvVar]
    serving: ServingCommand | None
    complaints: tuple[Complaint, ...]
    allowances: tuple[Allowance, ...]


class Dockerfile(Document):
    """A Dockerfile: directives by lower-case name, instructions, stages, global arguments."""

    kind: ClassVar[str] = "dockerfile"
    __slots__ = ("_entries", "arguments", "directives", "instructions", "serving", "stages")

    def __init__(self, source: Source, content: DockerfileContent) -> None:
        super().__init__(source, complaints=content.complaints, allowances=content.allowances)
        self._entries = content.entries
        self.directives = content.directives
        self.instructions = tuple(entry.instruction for entry in content.entries)
        self.stages = content.stages
        self.arguments = content.arguments
        self.serving = content.serving

    @property
    def final_stage(self) -> Stage | None:
        """The stage that is built by default: the last one."""
        return self.stages[-1] if self.stages else None

    def stage_at(self, offset: int) -> Stage | None:
        """The stage in which an offset lies; None before the first FROM."""
        at = bisect_right(self.stages, offset, key=start_of) - 1
        return self.stages[at] if at >= 0 else None

    def nodes(self) -> Iterator[Node]:
        """Per instruction: stage, images, itself, variables, script, commands, start, health."""
        for entry in self._entries:
            yield from entry.nodes()
        if self.serving is not None:
            yield self.serving

    def landmarks(self) -> Iterator[Landmark]:
        """Where it copies the whole context."""
        from imagelint.documents.dockerfile.landmarks import landmarks

        return landmarks(self)

    def secret_span(self, variable: EnvVar) -> Span:
        """The place of a value, without the quotes around it."""
        start, end = variable.value_span
        written = self.source.text[start:end]
        known = isinstance(variable.value, Known)
        if known and len(written) > 1 and written[0] == written[-1] and written[0] in "'\"":
            return Span(start + 1, end - 1)
        return Span(start, end)
