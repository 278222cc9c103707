"""Files with lines that run containers as documents: scripts, makefiles, units, workflows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from imagelint.core.fact import Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.builds import BuildTarget, frontend_given
from imagelint.documents.compose.services import ServiceFile, may_read_settings
from imagelint.documents.mapped import MappedText
from imagelint.documents.runlines.bakes import builds_of, read_bake
from imagelint.documents.runlines.builds import (
    dockerfiles,
    folders_above,
    given_build,
    landmarks,
    names_built,
    placed,
    read_build,
)
from imagelint.documents.runlines.comments import line_allowances
from imagelint.documents.runlines.fragments import Fragment, commands
from imagelint.documents.runlines.handed import (
    added_text,
    begins_anew,
    document_of,
    files_added,
    handed_texts,
)
from imagelint.documents.runlines.line import read_line
from imagelint.documents.runlines.platform import QUADLET_KEYS, QuadletPlatform, RunPlatform
from imagelint.documents.runlines.service import service_of
from imagelint.documents.runlines.signing import read_signing
from imagelint.documents.runtime.refused import refused_values
from imagelint.documents.secrets.named import files_of_services
from imagelint.documents.shell.shells import POSIX_SHELLS, shebang_shell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imagelint.core.source import Source
    from imagelint.documents.base import Complaint, Embedded, Landmark, Node
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.kinds import Beside
    from imagelint.documents.runlines.bakes import BakeLine
    from imagelint.documents.runlines.builds import BuildLine
    from imagelint.documents.runlines.handed import HandedText
    from imagelint.documents.runlines.pipelines.scans import ImagePipeline
    from imagelint.documents.runlines.signing import SignedImage
    from imagelint.documents.shared import ImageUse
    from imagelint.documents.shell.script import Command, Script, Word


F = TypeVar("F", bound="RunFile")
MOST_LINES = 1_000
"""Lines of one file that are read as services, or as builds: people write a dozen."""


# What may bring a script that a container starts.
_MOUNTS = pattern(r"[ \t]-v|--volume|--mount|^(?:Volume|Mount)=", re.MULTILINE)
# What makes the paths of a line begin in another folder than where its file, or the repository, is.
_ELSEWHERE = pattern(r"\b(?:cd|pushd|working-directory)\b|[ \t]-C[ \t]")


class Lines(NamedTuple):
    """What the lines of a file say: the containers that they run, the images that they build.

    `bakes` are builds of bake files with other settings, `images` those that a workflow itself
    runs in, `gaps` what of the file is not examined, `handed` the words that may be documents,
    `signed` the images that are signed.
    """

    services: tuple[ComposeService, ...] = ()
    builds: tuple[BuildLine, ...] = ()
    bakes: tuple[BakeLine, ...] = ()
    images: tuple[ImageUse, ...] = ()
    gaps: tuple[DocumentError, ...] = ()
    handed: tuple[HandedText, ...] = ()
    signed: tuple[SignedImage, ...] = ()


class RunFile(ServiceFile):
    """A file with lines that run containers, each of which is a service, and build images."""

    __slots__ = ("_builds", "_images", "_signed")

    def __init__(
        self,
        source: Source,
        lines: Lines,
        folders: tuple[str, ...] = (),
        read: Beside = lambda _name: None,
    ) -> None:
        asked: dict[str, str | None] = {}

        def once(name: str) -> str | None:
            if name not in asked:
                asked[name] = read(name)
            return asked[name]

        baked = (one for bake in lines.bakes for one in builds_of(bake, folders, once))
        builds = (*lines.builds, *baked)
        self._builds = tuple((one, placed(one, folders, once)) for one in builds)
        allowances = line_allowances(source.text)
        told = (*dockerfiles(source.origin, self._builds, once), *_written(source, lines.handed))
        told += tuple(files_of_services(lines.services, source.origin, once))
        gaps = (one for one in told if isinstance(one, DocumentError))
        super().__init__(
            source,
            complaints=tuple(_refused(lines.services)),
            allowances=allowances,
            gaps=(*lines.gaps, *gaps),
        )
        self.embedded = tuple(one for one in told if not isinstance(one, DocumentError))
        self.asked = tuple(asked)
        own = names_built(builds)
        self._images = lines.images
        # In a workflow expressions are filled in before the text is read: a reader knows them.
        self._signed = tuple(
            one._replace(text=source.text[slice(*one.span)].strip("\"'")) for one in lines.signed
        )
        self.services = tuple(_marked(service, own) for service in lines.services)

    def nodes(self) -> Iterator[Node]:
        """Each service with what stands in it, and the arguments of builds."""
        yield from self._images
        yield from self._signed
        yield from super().nodes()
        sure = _ELSEWHERE.search(self.source.text) is None
        for line, build in self._builds:
            if line.target_span is not None and build.dockerfile and sure:
                yield BuildTarget(line.target_span, build, certain=line.placed)
            if build.dockerfile and build.arguments and sure:
                yield given_build(line, build)
            yield from (one.image for one in line.contexts if one.image is not None)
            for argument in line.arguments:
                yield from (argument,) if argument.name else ()
                frontend = frontend_given(argument)
                yield from (frontend,) if frontend else ()

    def landmarks(self) -> Iterator[Landmark]:
        """The images that it builds, and the contexts that it gives to builds by name."""
        return landmarks(self.source.origin, self._builds)


def _written(source: Source, handed: Iterable[HandedText]) -> Iterator[Embedded | DocumentError]:
    """The documents that a file holds as words, and why others cannot be examined."""
    for one in handed:
        try:
            found = document_of(source.origin, one)
        except DocumentError as error:
            yield error
        else:
            yield from (found,) if found is not None else ()


def _refused(services: Iterable[ComposeService]) -> Iterator[Complaint]:
    """Values that the programs refuse which run the containers."""
    for platform in (service.runtime.platform for service in services):
        if isinstance(platform, RunPlatform):
            keys = QUADLET_KEYS if isinstance(platform, QuadletPlatform) else {}
            yield from refused_values(platform.line, keys)


def _marked(service: ComposeService, built: frozenset[str]) -> ComposeService:
    """A service whose image is marked where the same file builds it."""
    image = service.image
    if image is None or image.known is None or image.known.name not in built:
        return service
    return service._replace(image=image._replace(built=True))


class ShellScript(RunFile):
    """A script of a shell."""

    kind = "shell-script"
    __slots__ = ()


class Makefile(RunFile):
    """A makefile, whose recipes run containers."""

    kind = "makefile"
    __slots__ = ()


class Workflow(RunFile):
    """A workflow, an action or a pipeline, whose steps run containers.

    `scripts` are the steps of the jobs that build images: what runs there may change them.
    `pipelines` are what it does with the images, one of each YAML document.
    """

    kind = "workflow"
    __slots__ = ("pipelines", "scripts")

    def __init__(
        self,
        source: Source,
        lines: Lines,
        folders: tuple[str, ...],
        read: Beside,
    ) -> None:
        super().__init__(source, lines, folders, read)
        self.scripts: tuple[Script, ...] = ()
        self.pipelines: tuple[ImagePipeline, ...] = ()

    def nodes(self) -> Iterator[Node]:
        """What other files with such lines have, and the scripts with their commands."""
        yield from super().nodes()
        yield from self.pipelines
        for script in self.scripts:
            # What it sets is no variable of a container: secrets there are those of the text.
            yield script
            yield from script.commands


def lines_of(fragments: Iterable[Fragment | DocumentError]) -> Lines:
    """What fragments of a file run and build, in source order."""
    services: list[ComposeService] = []
    builds: list[BuildLine] = []
    bakes: list[BakeLine] = []
    gaps: list[DocumentError] = []
    handed: list[HandedText] = []
    signed: list[SignedImage] = []
    ends: dict[str, int] = {}
    for fragment in fragments:
        if isinstance(fragment, DocumentError):
            gaps.append(fragment)
            continue
        try:
            before: Command | None = None
            for command in commands(fragment):
                line = read_line(command) if len(services) <= MOST_LINES else None
                fed = _fed(command, before)
                build = read_build(fed) if len(builds) <= MOST_LINES else None
                services += [service_of(line)] if line is not None else []
                builds += [build] if build is not None else []
                bake = read_bake(command) if len(bakes) <= MOST_LINES else None
                bakes += [bake] if bake is not None else []
                if len(handed) <= MOST_LINES:
                    _continue(command, handed, ends)
                    _hand(command, handed, ends)
                signed += read_signing(command)
                before = command
        except DocumentError as error:
            gaps.append(error)
    gaps += (*_beyond(services, "run containers"), *_beyond(builds, "build images"))
    gaps += _beyond([one.word for one in handed], "hold documents")
    del services[MOST_LINES:], builds[MOST_LINES:]
    ordered = tuple(sorted(services, key=lambda one: one.span))
    return Lines(
        ordered,
        tuple(builds),
        tuple(bakes[:MOST_LINES]),
        gaps=tuple(gaps),
        handed=tuple(handed[:MOST_LINES]),
        signed=tuple(signed[:MOST_LINES]),
    )


def _hand(command: Command, handed: list[HandedText], ends: dict[str, int]) -> None:
    """Add what a command hands over; `ends` are the last texts of files, by their names."""
    for one in handed_texts(command):
        if one.written:
            ends[one.written] = len(handed)
        handed.append(one)


def _continue(command: Command, handed: list[HandedText], ends: dict[str, int]) -> None:
    """Mark the texts behind which a command puts more of the same document."""
    text = added_text(command) if ends else ""
    if not text:
        return
    for file in files_added(command):
        at = ends.get(file)
        if at is not None and not begins_anew(text):
            handed[at] = handed[at]._replace(goes_on=True)
        if at is not None:
            del ends[file]


def _fed(command: Command, before: Command | None) -> Command:
    """A command with the here-document that `cat` hands it through a pipe."""
    if before is None or before.program != "cat" or command.stage != before.stage + 1:
        return command
    handed = tuple(one for one in before.redirects if one.operator.startswith("<<"))
    return command._replace(redirects=(*handed, *command.redirects))


def _beyond(
    found: Sequence[ComposeService] | Sequence[BuildLine] | Sequence[Word], what: str
) -> Iterator[DocumentError]:
    """That there are more lines than are examined, at the first of the others."""
    for one in found[MOST_LINES:]:
        message = f"more than {MOST_LINES:,} lines that {what} are not examined"
        yield DocumentError(ProblemKind.TOO_LARGE, message, one.span)


def completed(document: F, read: Beside) -> F:
    """The document with the files beside it which its servers read, and the scripts they start."""
    text = document.source.text
    settings, mounts = may_read_settings(text), _MOUNTS.search(text)
    if not document.services or not (settings or mounts):
        return document
    asked: dict[str, str | None] = {}

    def once(name: str) -> str | None:
        if name not in asked:
            asked[name] = read(name)
        return asked[name]

    before = document.asked
    if settings:
        from imagelint.documents.compose.configs import with_config_files

        document = with_config_files(document, once)
    if mounts:
        from imagelint.documents.compose.project.startfiles import with_start_scripts

        document = with_start_scripts(document, once)
    document.asked = (*before, *asked)
    return document


def parse_script(source: Source, read: Beside = lambda _name: None) -> ShellScript:
    """Read a script of a shell; `read` gives the texts of files around it."""
    shell = shebang_shell(source.text) or "bash"
    if shell not in POSIX_SHELLS:
        return ShellScript(source, Lines())
    # Where a script is run from, paths of its own begin.
    here: dict[str, Fact[str]] = {"PWD": Known(".")}
    fragment = Fragment(MappedText.verbatim(source.text, 0), shell, here)
    return completed(ShellScript(source, lines_of((fragment,)), folders_above(), read), read)


def parse_makefile(source: Source, read: Beside = lambda _name: None) -> Makefile:
    """Read a makefile; `read` gives the texts of files around it."""
    from imagelint.documents.runlines.makefiles import fragments

    return completed(
        Makefile(source, lines_of(fragments(source.text)), folders_above(), read), read
    )


def parse_workflow(source: Source, read: Beside = lambda _name: None) -> Workflow:
    """Read a workflow; `read` gives the texts of files around it.

    Raises:
        DocumentError: it is not YAML, nested too deeply or too large.
    """
    from imagelint.documents.runlines.pipelines.scans import image_pipeline
    from imagelint.documents.runlines.pipelines.steps import building, scripts
    from imagelint.documents.runlines.pipelines.workflows import (
        action_bakes,
        action_builds,
        images,
        jobs,
    )
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.document import read_stream

    stream = read_stream(source, Workflow.kind)
    roots = tuple(map(Cursor, stream.documents))
    by_root = tuple((root, tuple(jobs(root))) for root in roots)
    all_jobs = tuple(job for _, held in by_root for job in held)
    lines = lines_of(one for job in all_jobs for one in job.fragments)
    told = tuple(one for root in roots for one in action_builds(root))
    # A step runs at the root of the repository, two folders above of a workflow.
    folders = ("../..", *folders_above())
    named = tuple(one for root in roots for one in images(root))
    bakes = tuple(one for root in roots for one in action_bakes(root))
    builds = (*lines.builds, *told)
    bakes = (*lines.bakes, *bakes)
    lines = lines._replace(builds=builds, bakes=bakes, images=named)
    made = (*(one.span for one in builds), *(one.span for one in bakes))
    found = Workflow(source, lines, folders, read)
    found.scripts = tuple(one for job in building(all_jobs, made) for one in scripts(job))
    told_of = (image_pipeline(root, held, source.text) for root, held in by_root)
    found.pipelines = tuple(one for one in told_of if one is not None)
    return found
