"""From the text of a Dockerfile to the document."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.base import Text
from imagelint.documents.complaints import EmptyDockerfile, InstructionBeforeFrom, NoBuildStage
from imagelint.documents.dockerfile.comments import (
    InstructionMap,
    read_allowances,
    script_allowances,
)
from imagelint.documents.dockerfile.document import (
    Configurations,
    Dockerfile,
    DockerfileContent,
    InstructionEntry,
    RunFiles,
)
from imagelint.documents.dockerfile.expansion.scopes import global_scope
from imagelint.documents.dockerfile.graph import complaint_about, read_graph
from imagelint.documents.dockerfile.model import BEFORE_THE_FIRST_STAGE
from imagelint.documents.dockerfile.stages import NO_EFFECT, InstructionEffect, StageBuilder
from imagelint.documents.dockerfile.start import launch_of, servers_of
from imagelint.documents.dockerfile.syntax.arguments import KEYWORDS
from imagelint.documents.dockerfile.syntax.instructions import (
    ParseContext,
    ParsedInstruction,
    read_instruction,
)
from imagelint.documents.dockerfile.syntax.lines import CHECK_ARGUMENT
from imagelint.documents.dockerfile.syntax.source import read_layout
from imagelint.documents.dockerfile.uses import copied_images, stages_used, targets
from imagelint.documents.shared import EnvOrigin, ImageRole, image_use
from imagelint.documents.shell.script import ScriptRole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from imagelint.core.fact import Fact
    from imagelint.core.source import Source
    from imagelint.documents.base import Allowance, Complaint
    from imagelint.documents.dockerfile.expansion.scopes import VariableScope
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.dockerfile.syntax.lines import Directive, DockerfileLines, LogicalLine
    from imagelint.documents.kinds import Beside
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.shared import EnvVar, ImageUse
    from imagelint.documents.shell.script import Script
    from imagelint.documents.web.servers import WebServer

# The managers that obey a lock file only when they are told to.
_LOCKING = pattern(r"\b(?:npm|yarn|pnpm|bun|uv|cargo)\b")


def parse_dockerfile(
    source: Source,
    *,
    contexts: Collection[str] = (),
    read: Beside = lambda _name: None,
    arguments: Mapping[str, Fact[str]] = MappingProxyType({}),
    target: str = "",
) -> Dockerfile:
    """Read a Dockerfile. Never raises: what cannot be read is a complaint at its place.

    Args:
        source: The text.
        contexts: The names that the build is given with `--build-context`.
        read: Gives the text of a file by its name relative to the folder of the source.
        arguments: What the build is given with `--build-arg`, by name.
        target: The stage that the build ends with, by name or number; empty for the last one.
            What it does not need is not built, and no node of the document.
    """
    return _Parser(source.text, contexts, arguments, target).document(source, read)


class _Part(NamedTuple):
    """An instruction on its way to an entry."""

    reading: ParsedInstruction
    builder: StageBuilder
    effect: InstructionEffect
    images: tuple[ImageUse, ...]
    begins: bool


class _Parser:
    """Reads the FROM lines first, then everything in order."""

    __slots__ = (
        "_complaints",
        "_given",
        "_graph",
        "_layout",
        "_outer",
        "_parts",
        "_stages",
        "_target",
        "_text",
    )

    def __init__(
        self, text: str, contexts: Collection[str], given: Mapping[str, Fact[str]], target: str
    ) -> None:
        self._text = text
        self._target = target
        self._given = given
        self._layout: DockerfileLines = read_layout(text)
        if CHECK_ARGUMENT in given:
            from imagelint.documents.dockerfile.syntax.checks import with_check

            directives = with_check(self._layout.directives, given)
            self._layout = self._layout._replace(directives=directives)
        self._complaints: list[Complaint] = list(self._layout.complaints)
        self._outer = global_scope()
        self._stages: list[StageBuilder] = []
        self._parts: list[_Part] = []
        self._graph = read_graph(self._origins(), contexts, target)

    def _setting(self, stage: int, scope: VariableScope) -> ParseContext:
        return ParseContext(self._text, self._layout.escape, stage, scope, self._given)

    def _origins(self) -> list[Instruction]:
        """The FROM instructions, expanded with the global arguments."""
        origins: list[Instruction] = []
        for line in self._layout.lines:
            if line.keyword == "FROM":
                reading = read_instruction(line, self._setting(len(origins), self._outer))
                origins.append(reading.instruction)
                self._complaints.extend(reading.complaints)
            elif line.keyword == "ARG" and not origins:
                reading = read_instruction(line, self._setting(BEFORE_THE_FIRST_STAGE, self._outer))
                for variable in reading.variables:
                    self._outer.add(self._as_given(variable))
        return origins

    def document(self, source: Source, read: Beside) -> Dockerfile:
        """Read everything."""
        loose = StageBuilder(self._text, None, None)
        loose.scope = global_scope()
        loose.shipped = True
        builder = loose
        for line in self._layout.lines:
            if line.keyword == "FROM":
                builder = self._begin()
            else:
                self._read(line, builder)
        self._complain_about_loose(loose)
        self._complain_about_origins()
        return Dockerfile(source, self._content(loose, source, read))

    def _begin(self) -> StageBuilder:
        outline = self._graph.outlines[len(self._stages)]
        base = None if outline.base_stage is None else self._stages[outline.base_stage]
        builder = StageBuilder(self._text, outline, base)
        builder.final = outline.number == self._graph.last
        builder.shipped = outline.number in self._graph.shipped
        self._stages.append(builder)
        builder.instructions.append(outline.instruction)
        complaint = complaint_about(outline)
        if complaint is not None:
            self._complaints.append(complaint)
        reading = ParsedInstruction(outline.instruction, (), ())
        images = (outline.base,) if outline.base else ()
        self._parts.append(_Part(reading, builder, NO_EFFECT, images, begins=True))
        return builder

    def _read(self, line: LogicalLine, builder: StageBuilder) -> None:
        reading = read_instruction(line, self._setting(len(self._stages) - 1, builder.scope))
        self._complaints.extend(self._worth_saying(reading, builder))
        if reading.variables:
            step = builder.step(reading.instruction)
            placed = tuple(
                self._as_given(variable)._replace(place=step) for variable in reading.variables
            )
            reading = reading._replace(variables=placed)
        outer = self._outer if builder.outline else None
        effect = builder.take(reading, line, outer)
        images = tuple(copied_images(reading.instruction, self._graph, builder.edges))
        self._parts.append(_Part(reading, builder, effect, images, begins=False))

    def _as_given(self, variable: EnvVar) -> EnvVar:
        """A variable with what the build is given for it: that counts more than its default."""
        if variable.origin is not EnvOrigin.ARG or variable.name not in self._given:
            return variable
        value = self._given[variable.name]
        return variable._replace(
            value=Known(value.value, variable.value_span) if isinstance(value, Known) else UNKNOWN
        )

    def _worth_saying(
        self, reading: ParsedInstruction, builder: StageBuilder
    ) -> tuple[Complaint, ...]:
        """Complaints, but only one about a run of lines of which none is an instruction."""
        instruction = reading.instruction
        if instruction.keyword in KEYWORDS or not builder.instructions:
            return reading.complaints
        if builder.instructions[-1].keyword in KEYWORDS:
            return reading.complaints
        return tuple(complaint for complaint in reading.complaints if complaint.help)

    def _complain_about_loose(self, loose: StageBuilder) -> None:
        if not self._layout.lines:
            message = "the file holds no instruction"
            self._complaints.append(EmptyDockerfile(Span(0, 0), "", message, "begin with FROM"))
        first = next((one for one in loose.instructions if one.keyword != "ARG"), None)
        # Of a word that is no instruction, a misspelt FROM perhaps, just that is said.
        if first is not None and first.keyword in KEYWORDS:
            message = f"{first.keyword} stands before any FROM"
            place = first.keyword_span
            help_ = "begin with FROM"
            self._complaints.append(InstructionBeforeFrom(place, first.keyword, message, help_))
        if first is None and self._layout.lines and not self._stages:
            message = "the file has no stage: nothing but ARG stands in it"
            place = loose.instructions[-1].keyword_span
            self._complaints.append(NoBuildStage(place, "", message, "name an image with FROM"))

    def _complain_about_origins(self) -> None:
        instructions = [part.reading.instruction for part in self._parts]
        if any("from" in flag.raw for one in instructions for flag in (one.onbuild or one).flags):
            from imagelint.documents.dockerfile.validation.stages import stage_complaints

            self._complaints.extend(stage_complaints(instructions, self._graph))

    def _content(self, loose: StageBuilder, source: Source, read: Beside) -> DockerfileContent:
        last = self._stages[self._graph.last] if self._stages else loose
        last.finish()
        used = stages_used(self._stages, len(self._stages) - 1)
        built = stages_used(self._stages, self._graph.last) if self._target else used
        used |= built
        delivered = self._graph.shipped
        if not self._target:
            delivered |= targets(self._stages, used)
        stages = tuple(
            builder.stage(
                outline, used=outline.number in used, delivered=outline.number in delivered
            )
            for builder, outline in zip(self._stages, self._graph.outlines, strict=True)
        )
        unbuilt = frozenset(range(len(stages))) - built if self._target else frozenset()
        parts = (part for part in self._parts if part.reading.instruction.stage not in unbuilt)
        entries = tuple(_entry(part, stages, last) for part in parts)
        files = RunFiles()
        if _runs_files(stages) or any(_reads_settings(stage) for stage in stages if stage.final):
            from imagelint.documents.dockerfile.context.scripts import read_run_files

            files = read_run_files(stages, source, read)
        servers: tuple[ServingCommand, ...] = ()
        web: tuple[WebServer, ...] = ()
        if stages:
            launch = launch_of(stages[self._graph.last], files.started, files.settings)
            servers, web = servers_of(launch)
        return DockerfileContent(
            directives={directive.name: directive.value for directive in self._layout.directives},
            frontend=_frontend(self._text, self._layout.directives),
            entries=entries,
            stages=stages,
            arguments=loose.scope.arguments,
            servers=servers,
            web_servers=web,
            complaints=tuple(sorted(self._complaints)),
            allowances=(
                *self._allowances(stages, unbuilt),
                *(one for script in files.scripts for one in script_allowances(script)),
            ),
            files=files,
            configurations=_with_locks(
                _configurations(entries, source.origin, read), stages, source.origin, read
            ),
        )

    def _allowances(
        self, stages: tuple[Stage, ...], unbuilt: Collection[int]
    ) -> tuple[Allowance, ...]:
        if not self._layout.comments and CHECK_ARGUMENT not in self._given:
            return ()
        extents = _extents(stages, len(self._text))
        instructions = tuple(part.reading.instruction for part in self._parts)
        places = InstructionMap(
            len(self._text),
            instructions,
            tuple(instruction.span.start for instruction in instructions),
            extents,
        )
        away = [extents[number] for number in unbuilt]
        read = read_allowances(self._text, self._layout.comments, self._layout.directives, places)
        return tuple(one for one in read if not any(extent.covers(one.scope) for extent in away))


def _frontend(text: str, directives: Iterable[Directive]) -> ImageUse | None:
    """The image in `# syntax=`: its first word, what follows is handed over to it."""
    for directive in directives:
        if directive.name == "syntax" and directive.value.strip():
            name = directive.value.split(maxsplit=1)[0]
            start = text.index(name, text.index("=", directive.span.start))
            at = Text(Span(start, start + len(name)))
            return image_use(at, ImageRole.FRONTEND, name, name)._replace(final=False)
    return None


# A part of each name of a file of settings that is looked into.
_OF_SETTINGS = (
    *(
        "rc",
        "pip.",
        "nuget.config",
        "_service.conf",
        "settings.xml",
        "gradle.properties",
        ".my.cnf",
        ".env",
    ),
    ".docker",
)


def _configurations(
    entries: tuple[InstructionEntry, ...], origin: str, read: Beside
) -> Configurations:
    copied = [each.instruction for each in entries if each.instruction.keyword in ("COPY", "ADD")]
    if not any(part in each.value.lower() for each in copied for part in _OF_SETTINGS):
        return Configurations()
    from imagelint.documents.dockerfile.context.configurations import read_configurations

    return read_configurations(copied, origin, read)


def _with_locks(
    found: Configurations, stages: tuple[Stage, ...], origin: str, read: Beside
) -> Configurations:
    """With the lock files beside it, where something installs what such a file could hold."""
    scripts = [one for stage in stages for one in stage.scripts if _LOCKING.search(one.text)]
    copied = [one for stage in stages for one in stage.of("ADD", "COPY")] if scripts else []
    if not copied:
        return found
    from imagelint.documents.dockerfile.context.locks import lock_files

    locks, asked = lock_files(origin, copied, scripts, read)
    return found._replace(locks=locks, asked=(*found.asked, *asked))


def _runs_files(stages: tuple[Stage, ...]) -> bool:
    """Whether anything that is run may be a script in a file, or installs what a file lists."""
    from imagelint.documents.shell.inner import may_install_files

    scripts = tuple(script for stage in stages for script in stage.scripts)
    return any(map(may_install_files, scripts)) or any(map(_runs_file, scripts))


def _reads_settings(stage: Stage) -> bool:
    """Whether what a stage starts may be told to read a file of settings."""
    starts = (start for start in (stage.entrypoint, stage.cmd) if start is not None)
    return any(
        word.text.endswith((".yaml", ".yml", ".ini")) for start in starts for word in start.words
    )


def _runs_file(script: Script) -> bool:
    """Most names without a path are programs of the base image, while it is built."""
    from imagelint.documents.serving.launchers import launcher
    from imagelint.documents.shell.inner import script_file

    building = script.role is ScriptRole.RUN
    for command in script.commands:
        word = script_file(command.words)
        if word and (not building or "/" in word.text or word is not command.words[0]):
            return True
        if not building and launcher(command.words) is not None:
            return True
    return False


def _entry(part: _Part, stages: tuple[Stage, ...], last: StageBuilder) -> InstructionEntry:
    instruction = part.reading.instruction
    effect = last.in_force(part.effect)
    return InstructionEntry(
        instruction=instruction,
        stage=stages[instruction.stage] if part.begins else None,
        images=part.images,
        variables=part.reading.variables,
        script=effect.script,
        start=effect.start,
        health=effect.health,
    )


def _extents(stages: tuple[Stage, ...], length: int) -> tuple[Span, ...]:
    """From each FROM up to the next."""
    starts = [stage.span.start for stage in stages]
    return tuple(map(Span, starts, [*starts[1:], length]))
