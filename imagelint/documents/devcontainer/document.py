"""Development containers as documents: what an editor builds, starts, and runs in it.

https://containers.dev/implementors/json_reference/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source, Span
from imagelint.documents.base import DocumentError
from imagelint.documents.devcontainer.commands import (
    commands_beyond,
    fragments,
    lines_inside,
    run_inside,
)
from imagelint.documents.devcontainer.flags import flags_of, unread_flags
from imagelint.documents.devcontainer.jsonc import with_hashes, without_comments
from imagelint.documents.devcontainer.platform import (
    HANDED_OVER,
    DevCursor,
    DevPlace,
    DevPlatform,
    DevWords,
)
from imagelint.documents.devcontainer.values import value_at, with_prefix, word_of
from imagelint.documents.runlines.builds import BuildLine, argument
from imagelint.documents.runlines.comments import line_allowances
from imagelint.documents.runlines.document import RunFile, lines_of
from imagelint.documents.runlines.line import Flag, RunLine, flags_among
from imagelint.documents.runlines.service import Spelling, service_of
from imagelint.documents.runlines.values import Value
from imagelint.documents.runtime.field import Place
from imagelint.documents.shared import ImageRole, image_use
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream
from imagelint.documents.yaml.nodes import Mapping
from imagelint.knowledge.containers.build_flags import BUILD_VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.kinds import Beside
    from imagelint.documents.shared import ImageUse

_SPELLING = Spelling(DevWords(), DevPlatform, HANDED_OVER, DevCursor, DevPlace)
_NAME = "devcontainer"
# Features by references; others are folders beside the file, archives, or names of older times.
_ELSEWHERE = ("./", "../", "http://", "https://")
# What the editor starts in the place of the image's own program.
_SLEEPS = ("-c", "sleep 1000000")


class DevContainer(RunFile):
    """A file that describes a development container."""

    kind = "devcontainer"
    __slots__ = ("_later",)

    def __init__(self, source: Source, root: Cursor, read: Beside) -> None:
        folder = _opened(source.origin)
        lines = lines_of(fragments(root))
        build = _build(root)
        service = _service(root, folder)
        gaps = (
            *(*lines.gaps, *commands_beyond(root)),
            *(*unread_flags(root["runArgs"], folder), *_absent(root, read)),
        )
        lines = lines._replace(
            services=(service, *lines.services),
            builds=(*lines.builds, *((build,) if build is not None else ())),
            images=tuple(_features(root["features"])),
            gaps=gaps,
        )
        super().__init__(source, lines, (".",), read)
        self.allowances = tuple(line_allowances(with_hashes(source.text)))
        self._later = lines_inside(root)
        if build is not None:
            # It comes last, and is the only one whose paths begin at this file.
            _, placed = self._builds[-1]
            built = self.services[0]._replace(build=placed, image=None)
            self.services = (built, *self.services[1:])

    def nodes(self) -> Iterator[Node]:
        """The container with what stands in it, its build, and what is run in it later."""
        yield from super().nodes()
        yield from run_inside(self.services[0], self._later)


def parse_devcontainer(source: Source, read: Beside = lambda _name: None) -> DevContainer:
    """Read a development container's file; `read` gives the texts of files around it.

    Raises:
        DocumentError: it is no JSON with comments, nested too deeply or too large.
    """
    plain = Source(source.origin, without_comments(source.text))
    stream = read_stream(plain, DevContainer.kind)
    first = stream.documents[0] if stream.documents else None
    if not isinstance(first, Mapping):
        message = "this describes no development container: it is no mapping"
        raise DocumentError(ProblemKind.UNPARSABLE, message, Span(0, 0))
    document = DevContainer(source, Cursor(first), read)
    document.complaints = duplicate_complaints(stream)
    return document


def _opened(origin: str) -> str:
    """The folder that the editor opens, by its path from that of the file."""
    folders = origin.replace("\\", "/").split("/")[:-1]
    if folders[-1:] == [".devcontainer"]:
        return ".."
    return "../.." if folders[-2:-1] == [".devcontainer"] else "."


def _service(root: Cursor, folder: str) -> ComposeService:
    """The container; of one that compose starts, the image is not known here."""
    image = value_at(root["image"])
    at = next((root[key] for key in ("image", "build", "dockerFile") if root[key].exists), root)
    flags = flags_of(root, folder)
    if image is None:
        flags += (Flag(at.key_span, "name", Value(at.key_span, _NAME, "")),)
    line = RunLine(
        span=at.key_span,
        program="docker",
        verb="run",
        flags=flags,
        image=image or Value(at.key_span, "$_", ""),
        arguments=(),
        complete=not root["dockerComposeFile"].exists,
    )
    if root["overrideCommand"].word() != "false" and not root["dockerComposeFile"].exists:
        entry = Flag(at.key_span, "entrypoint", Value(at.key_span, "/bin/sh", ""))
        words = (word_of(Value(at.key_span, text, text)) for text in _SLEEPS)
        line = line._replace(flags=(*flags, entry), arguments=tuple(words))
    service = service_of(line, _SPELLING)
    runtime = service.runtime._replace(owner="development container")
    return service._replace(runtime=runtime)


def _build(root: Cursor) -> BuildLine | None:
    """The build of the container's image; older files say it beside their other keys."""
    build = root["build"]
    file = next(
        (one for one in (build["dockerfile"], root["dockerFile"]) if one.exists),
        build["dockerfile"],
    )
    name = value_at(file)
    if name is None:
        return None
    given = tuple(
        argument(with_prefix(value, f"{key}="))
        for key, place in build["args"].entries()
        if (value := value_at(place)) is not None
    )
    target = value_at(build["target"])
    line = BuildLine(
        span=file.key_span,
        names=(),
        context=".",
        dockerfile=name.known or None,
        target=(target.known or None) if target is not None else "",
        arguments=given,
        target_span=target.span if target is not None and target.known else None,
        placed=True,
    )
    return _with_options(line, build["options"])


def _with_options(line: BuildLine, options: Cursor) -> BuildLine:
    """The build with the flags that its file adds; nothing is known where one of them is not."""
    values = (value_at(item) for item in options.items())
    words = [word_of(value) for value in values if value is not None]
    told = flags_among(words, BUILD_VERBS["docker"]["build"]) if words else None
    if told is None:
        return line if not words else line._replace(dockerfile=None, target=None)
    more = tuple(
        argument(flag.value)
        for flag in told.flags
        if flag.name == "build-arg" and flag.value is not None
    )
    return line._replace(arguments=(*line.arguments, *more))


def _features(place: Cursor) -> Iterator[ImageUse]:
    """What is installed into the image, each an artifact of a registry."""
    for name, one in place.entries():
        if "/" in name and not name.startswith(_ELSEWHERE) and "$" not in name:
            at = Place(one.key_span, one.path)
            yield image_use(at, ImageRole.FEATURE, name, name)._replace(final=False)


def _absent(root: Cursor, read: Beside) -> Iterator[DocumentError]:
    """The compose files that are not there: the others are documents of their own."""
    place = root["dockerComposeFile"]
    for one in place.items() or (place,):
        value = value_at(one)
        if value is None:
            continue
        if not value.known or value.known.startswith("/") or read(value.known) is None:
            message = f"`{value.raw}`, which this container is of, was not examined"
            help_ = "check it where it lies"
            yield DocumentError(
                ProblemKind.UNREADABLE, f"{message}: it is not there, or outside", one.span, help_
            )
