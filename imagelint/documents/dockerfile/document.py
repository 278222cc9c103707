"""A Dockerfile as a document."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.base import Allowance, Complaint, Document, Embedded
from imagelint.documents.dockerfile.model import start_of
from imagelint.documents.parts import Attachments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.source import Source
    from imagelint.documents.base import DocumentError, Landmark, Node
    from imagelint.documents.dockerfile.model import (
        HealthCheck,
        Instruction,
        Stage,
        StartCommand,
    )
    from imagelint.documents.packages.model import InstalledFile, UnreadRequirements
    from imagelint.documents.packages.requirements import Requirements
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.shared import EnvVar, ImageUse
    from imagelint.documents.shell.script import Script, Word
    from imagelint.documents.web.servers import WebServer
    from imagelint.documents.yaml.nodes import YamlNode


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
            yield from self.script.nodes()
        if self.start is not None:
            yield self.start
        if self.health is not None:
            yield self.health


class InstalledFiles(NamedTuple):
    """The requirements files that the RUNs of a Dockerfile install, and what these allow.

    `missing` are those that are copied from the build context, which lacks them, `unnamed` those
    whose names do not say what they are: they are documents of which only the Dockerfile tells.
    """

    files: tuple[InstalledFile, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    missing: tuple[UnreadRequirements, ...] = ()
    unnamed: tuple[Requirements, ...] = ()


class UnreadStart(NamedTuple):
    """A file that a start runs and of which nothing is known: the word that names it.

    `missing` is its name in the build context where that has none; empty where it is no script of a
    shell, or where several folders that may be the context have different ones.
    """

    word: Word
    missing: str = ""


class RunFiles(NamedTuple):
    """The scripts in files that a Dockerfile runs.

    `started` are those of the final stage's start by the words that run them. `owners` are pairs
    for the texts that are attached: where their places begin, and where in the Dockerfile they run.
    `installed` are the requirements files that its RUNs install, `missing` those that are not there
    to be read, `unnamed` those of which only this file tells, `settings` those in files that the
    server reads which it starts, by their paths in the image. `unread` are the copied files that
    the start runs and that could not be read as scripts.
    """

    scripts: tuple[Script, ...] = ()
    started: Mapping[str, Script] = {}
    attachments: Attachments = Attachments()
    owners: tuple[tuple[int, int], ...] = ()
    installed: tuple[InstalledFile, ...] = ()
    missing: tuple[UnreadRequirements, ...] = ()
    unnamed: tuple[Requirements, ...] = ()
    settings: Mapping[str, YamlNode] = {}
    unread: tuple[UnreadStart, ...] = ()


class Configurations(NamedTuple):
    """Which of the copied files of settings hold a secret, by name, and which were looked for.

    `locks` are the lock files that lie in the folder of the context, `cacheless` what files of
    pip's settings say of its cache, by the name of each.
    """

    holding: Mapping[str, bool] = {}
    asked: tuple[str, ...] = ()
    locks: frozenset[str] = frozenset()
    cacheless: Mapping[str, str] = {}


class DockerfileContent(NamedTuple):
    """All that was read from the text of a Dockerfile."""

    directives: Mapping[str, str]
    frontend: ImageUse | None
    entries: tuple[InstructionEntry, ...]
    stages: tuple[Stage, ...]
    arguments: Mapping[str, EnvVar]
    servers: tuple[ServingCommand, ...]
    web_servers: tuple[WebServer, ...]
    complaints: tuple[Complaint, ...]
    allowances: tuple[Allowance, ...]
    files: RunFiles
    configurations: Configurations


class Dockerfile(Document):
    """A Dockerfile: directives by lower-case name, instructions, stages, global arguments.

    `frontend` is the image that `# syntax=` names, which the build runs to read the file.
    `files` are the scripts in files of the build context which it runs: their texts are attached.
    `configurations` tell which files of settings that it copies hold a secret.
    """

    kind: ClassVar[str] = "dockerfile"
    __slots__ = (
        "_entries",
        "arguments",
        "configurations",
        "directives",
        "files",
        "frontend",
        "instructions",
        "servers",
        "stages",
        "web_servers",
    )

    def __init__(self, source: Source, content: DockerfileContent) -> None:
        super().__init__(
            source,
            complaints=content.complaints,
            allowances=content.allowances,
            attachments=_attachments(content),
        )
        self.configurations = content.configurations
        self.files = content.files
        self.embedded = tuple(map(Embedded, content.files.unnamed))
        self._entries = content.entries
        self.directives = content.directives
        self.frontend = content.frontend
        self.instructions = tuple(entry.instruction for entry in content.entries)
        self.stages = content.stages
        self.arguments = content.arguments
        self.servers = content.servers
        self.web_servers = content.web_servers

    @property
    def final_stage(self) -> Stage | None:
        """The stage that the build ends with: the last one, unless another is asked for."""
        return next((stage for stage in reversed(self.stages) if stage.final), None)

    def stage_at(self, offset: int) -> Stage | None:
        """The stage in which an offset lies, or runs the file in which it does.

        None before the first FROM.
        """
        offset = self.anchor(offset)
        at = bisect_right(self.stages, offset, key=start_of) - 1
        return self.stages[at] if at >= 0 else None

    def anchor(self, offset: int) -> int:
        """The place in the Dockerfile that an offset in the text of a file counts as: its RUN."""
        owners = self.files.owners if offset > len(self.source.text) else ()
        return next((before for start, before in reversed(owners) if offset >= start), offset)

    def nodes(self) -> Iterator[Node]:
        """Per instruction: stage, images, itself, variables, script, commands, start, health.

        Before them the frontend, if a directive names one; then the scripts in files, the
        requirements files, and the server.
        """
        if self.frontend is not None:
            yield self.frontend
        for entry in self._entries:
            yield from entry.nodes()
            yield from self._joined(entry.instruction)
            if entry.health is not None and entry.health.final:
                yield from self._check(entry.health)
        for script in self.files.scripts:
            yield from script.nodes()
        yield from self.files.installed
        yield from self.files.missing
        yield from self.servers
        yield from self.web_servers

    @property
    def serving(self) -> ServingCommand | None:
        """The server that the final stage starts, be it one that starts engines of its own."""
        return self.servers[0] if self.servers else None

    @property
    def words_started(self) -> tuple[Word, ...]:
        """The words that are run: ENTRYPOINT and CMD as Docker combines them."""
        from imagelint.documents.dockerfile.start import launch_of

        return launch_of(self.final_stage).argv if self.final_stage is not None else ()

    def _joined(self, instruction: Instruction) -> Iterator[Node]:
        """The command of an instruction, if it is one word and no entry point takes it."""
        if not instruction.json or all(" " not in word.text for word in instruction.words[:1]):
            return
        from imagelint.documents.runtime.oneword import is_official, joined_word

        stage = self.final_stage
        if instruction.keyword == "CMD":
            own = stage is not None and stage.cmd and stage.cmd.instruction is instruction
            if stage is None or not own or stage.entrypoint or not is_official(stage.root_image):
                return
        starts = [one.entrypoint.instruction for one in self.stages if one.entrypoint]
        if instruction.keyword == "ENTRYPOINT" and all(one is not instruction for one in starts):
            return  # another one behind it counts
        # Windows joins the words of SHELL to one line.
        shell = instruction.keyword == "SHELL" and instruction.words[0].text.startswith("/")
        if shell or instruction.keyword in ("CMD", "ENTRYPOINT", "RUN"):
            yield from joined_word(instruction.words)

    def _check(self, health: HealthCheck) -> Iterator[Node]:
        from imagelint.documents.dockerfile.probes import read_probes
        from imagelint.documents.queries.health.programs import programs_brought
        from imagelint.documents.runtime.probe import check_command

        probe, stage = read_probes(health).liveness, self.final_stage
        if isinstance(probe, Known) and stage is not None:
            brings = programs_brought(self, stage)
            check = check_command(probe.value, "HEALTHCHECK", stage.root_image, brings)
            if check is not None:
                yield check

    def unread(self) -> tuple[DocumentError, ...]:
        """The start of a model server that stands in a file which is not there."""
        if not self.files.unread or self.final_stage is None:
            return self.gaps
        from imagelint.documents.queries.start.unread import missing_start

        gap = missing_start(self, self.final_stage)
        return (*self.gaps, gap) if gap is not None else self.gaps

    def landmarks(self) -> Iterator[Landmark]:
        """Where it copies the whole context."""
        from imagelint.documents.dockerfile.landmarks import landmarks

        return landmarks(self)

    def secret_span(self, variable: EnvVar) -> Span:
        """The place of a value, without the quotes around it."""
        start, end = variable.value_span
        written = self.written(variable.value_span)
        known = isinstance(variable.value, Known)
        if known and len(written) > 1 and written[0] == written[-1] and written[0] in "'\"":
            return Span(start + 1, end - 1)
        return Span(start, end)


def _attachments(content: DockerfileContent) -> Attachments:
    """The texts of files, and all that was looked for: whether there is one counts as well."""
    attachments = content.files.attachments
    return attachments._replace(asked=(*attachments.asked, *content.configurations.asked))
