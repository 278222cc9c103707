"""Commands that build images: what of, under which names, with which arguments."""

from __future__ import annotations

import re
from posixpath import join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.reference import UNKNOWN_PART, parse_partial
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError, Landmark
from imagelint.documents.builds import (
    ANY_CONTEXT,
    ANY_DOCKERFILE,
    SYNTAX_ARGUMENT,
    ArgumentPlace,
    BuildArgument,
    BuiltImage,
    GivenBuild,
    ImageBuild,
    NamedContext,
    argument_places,
    build_argument,
    context_image,
    context_landmarks,
    dockerfile_named,
    dockerfile_within,
    given_landmarks,
    image_built,
)
from imagelint.documents.compose.interpolation import NO_VARIABLES, with_gaps
from imagelint.documents.execution import Phase
from imagelint.documents.mapped import MappedText
from imagelint.documents.project import beside
from imagelint.documents.runlines.line import STANDARD_INPUT, flags_among, verb_of
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.knowledge.containers.build_flags import BUILD_VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Embedded
    from imagelint.documents.kinds import Beside
    from imagelint.documents.runlines.values import Value
    from imagelint.documents.shell.script import Command, Word

_DOCKERFILES = ("Dockerfile", "Containerfile")
# Contexts that are no folder: https://docs.docker.com/build/concepts/context/#remote-context
_REMOTE = pattern(r"(?:[a-z][a-z0-9+.-]*:|git@|github\.com/|-$|/|~)")
_NAME = pattern(r"[A-Za-z_]\w*", re.ASCII)
_MOST_FOLDERS_UP = 4


class LineBuild:
    """The build that a line runs, which its arguments are handed to."""

    __slots__ = ()

    @property
    def phase(self) -> Phase:
        """When the image is built."""
        return Phase.BUILD

    @property
    def title(self) -> str:
        """`build`."""
        return "build"

    @property
    def again(self) -> str:
        """The next build."""
        return "the next build"

    @property
    def shipped(self) -> bool:
        """What it makes runs."""
        return True

    @property
    def root(self) -> Fact[bool]:
        """The Dockerfile says it."""
        return UNKNOWN

    def setting(self, name: str) -> Fact[str]:  # noqa: ARG002 - the same for all names
        """The Dockerfile says it."""
        return UNKNOWN

    def secret_advice(self, name: str) -> str:
        """A secret of the build, which a step mounts."""
        return f"hand it over by `--secret id={name},env={name}`, and mount it in the step"


LINE_BUILD = LineBuild()


class BuildLine(NamedTuple):
    """A command, or a step, that builds an image.

    `context` and `dockerfile` are None where they are not known, `dockerfile` is empty where it is
    the usual one; `target` is as that of `ImageBuild`, named at `target_span`. `arguments` are
    those of the build, `declared` further ones that stand in no line, with their `places`. `piped`
    is the Dockerfile where the line hands it to the build as a here-document, or a here-string.
    `placed` tells that it is known in which folder its paths begin.
    """

    span: Span
    names: tuple[Value, ...]
    context: str | None
    dockerfile: str | None
    target: str | None
    arguments: tuple[EnvVar, ...]
    contexts: tuple[NamedContext, ...] = ()
    declared: tuple[BuildArgument, ...] = ()
    piped: Word | None = None
    target_span: Span | None = None
    placed: bool = False
    places: tuple[ArgumentPlace, ...] = ()


def read_build(command: Command) -> BuildLine | None:
    """The build that a command is; None where it is none, or where not all flags are known."""
    verbs = BUILD_VERBS.get(command.program)
    found = verb_of(command, verbs) if verbs is not None else None
    if verbs is None or found is None:
        return None
    name, at = found
    told = flags_among(command.words[at:], verbs[name])
    if told is None:
        return None
    flags, words, complete = told
    by_name: dict[str, list[Value]] = {}
    for flag in flags:
        by_name.setdefault(flag.name, []).extend([flag.value] if flag.value is not None else [])
    # What such a file sets is not known, and so is not what is made.
    whole = complete and "build-arg-file" not in by_name
    context = _told(words[-1:], "." if command.program in ("podman", "buildah") else None)
    dockerfile = _told(by_name.get("file", ())[-1:], "" if complete else None)
    return BuildLine(
        span=command.words[0].span,
        names=(*by_name.get("tag", ()), *by_name.get("manifest", ())),
        context=context,
        dockerfile=dockerfile,
        target=_told(by_name.get("target", ())[-1:], "" if whole else None),
        arguments=tuple(map(argument, by_name.get("build-arg", ()))),
        contexts=tuple(map(given_context, by_name.get("build-context", ()))),
        piped=_piped(command) if STANDARD_INPUT in (context, dockerfile) else None,
        target_span=next((one.span for one in by_name.get("target", ())[-1:]), None),
    )


def _piped(command: Command) -> Word | None:
    """What a command gets as its standard input, where that is written there."""
    handed = [one for one in command.redirects if one.operator.startswith("<<")]
    return handed[-1].target if handed else None


def dockerfiles(
    origin: str, builds: Iterable[tuple[BuildLine, ImageBuild]], read: Beside
) -> Iterator[Embedded | DocumentError]:
    """The Dockerfiles of which only lines tell: by names that say nothing, or as a whole.

    What cannot be examined of them is told at the line.
    """
    seen: set[str] = set()
    for line, build in builds:
        name = normpath(join(build.context, build.dockerfile)) if build.dockerfile else ""
        try:
            found = None
            _refuse_other_language(line)
            if line.piped is not None:
                found = _within(origin, line.piped)
            elif name and name not in seen:
                found = dockerfile_named(origin, name, read)
        except DocumentError as error:
            message = f"the Dockerfile of this build: {error.message}"
            yield DocumentError(error.kind, message, line.span, error.help)
        else:
            if found is not None:
                yield found
        seen.add(name)


def _refuse_other_language(line: BuildLine) -> None:
    """Complain of a file that the build hands to a frontend which reads no Dockerfiles.

    Raises:
        DocumentError: it names such a frontend.
    """
    given = next((one for one in line.arguments if one.name == SYNTAX_ARGUMENT), None)
    if given is None or not isinstance(given.value, Known):
        return
    from imagelint.documents.dockerfile.frontend import other_language

    refused = other_language(given.value.value, line.span)
    if refused is not None:
        raise refused


def _within(origin: str, word: Word) -> Embedded:
    if not isinstance(word.value, Known):
        message = "it depends on variables that are not known here"
        raise DocumentError(ProblemKind.TEMPLATE, message)
    text = word.value.value
    # Of what the shell changes, only the whole has its place.
    verbatim = text == word.raw and len(text) == word.span.end - word.span.start
    mapped = (
        MappedText.verbatim(text, word.span.start) if verbatim else MappedText(text, word.span, ())
    )
    return dockerfile_within(origin, mapped, "")


def _told(values: Iterable[Value], otherwise: str | None) -> str | None:
    for value in values:
        return value.fact.value if isinstance(value.fact, Known) else None
    return otherwise


def argument(value: Value) -> EnvVar:
    """An argument of a build: `NAME=value`, or `NAME` alone, which the environment sets."""
    name, equals, _ = value.text.partition("=")
    behind = value.behind(f"{name}=") if equals else value
    return EnvVar(
        span=value.span,
        name=name if _NAME.fullmatch(name) else "",
        value=behind.fact if equals else UNKNOWN,
        origin=EnvOrigin.BUILD_ARG,
        name_span=value.span,
        value_span=behind.span,
        reference="" if equals else "host",
        place=LINE_BUILD,
    )


def given_context(value: Value) -> NamedContext:
    """A context as `NAME=PLACE` says it."""
    name, _, place = value.text.partition("=")
    image = context_image(value, place)
    return NamedContext(value.span, ANY_CONTEXT if "$" in name else name, image)


def placed(line: BuildLine, folders: Iterable[str], read: Beside) -> ImageBuild:
    """The build with paths relative to the file that it stands in.

    `folders` are those in which the line may be run, by their paths from that of its file: the
    first one in which there is such a Dockerfile. `read` gives the texts of files.
    """
    given = tuple(build_argument(one.name, one.value) for one in line.arguments)
    arguments = (*given, *line.declared)
    known = ImageBuild(line.span, "", "", line.target, arguments=arguments)
    context, dockerfile = line.context, line.dockerfile
    if context is None or dockerfile is None or _REMOTE.match(context):
        return known
    if dockerfile.startswith(("/", "~")) or dockerfile == STANDARD_INPUT:
        return known
    for folder in folders:
        # The option is relative to where the line is run, the usual one to the context.
        named = (join(folder, dockerfile),) if dockerfile else _usual(join(folder, context))
        for path in map(normpath, named):
            if read(path) is not None:
                return known._replace(context=".", dockerfile=path)
    return known


def _usual(context: str) -> tuple[str, ...]:
    return tuple(join(context, name) for name in _DOCKERFILES)


def folders_above() -> tuple[str, ...]:
    """The folder of a file, and those around it, by their paths from there."""
    return tuple("/".join([".."] * up) for up in range(_MOST_FOLDERS_UP + 1))


def given_build(line: BuildLine, build: ImageBuild) -> GivenBuild:
    """A build with what its line gives to its Dockerfile."""
    places = (*argument_places(line.arguments), *line.places)
    return GivenBuild(line.span, build, places, certain=line.placed)


def landmarks(origin: str, builds: Iterable[tuple[BuildLine, ImageBuild]]) -> Iterator[Landmark]:
    """The images that lines build, and the contexts that they name."""
    for line, build in builds:
        yield from given_landmarks(origin, given_build(line, build))
        for name in line.names:
            image = parse_partial(with_gaps(name.text, NO_VARIABLES)).name
            if image is not None and image.registry:
                built = BuiltImage(name.span, image.name, image.tag, build)
                yield Landmark(image_built(image.name), built)
        path = join(build.context, build.dockerfile)
        dockerfile = beside(origin, path) if build.dockerfile else ANY_DOCKERFILE
        for context in line.contexts:
            yield from context_landmarks(dockerfile, context)


def names_built(builds: Iterable[BuildLine]) -> frozenset[str]:
    """The names of images that lines build, as far as they are known."""
    texts = (with_gaps(name.text, NO_VARIABLES) for line in builds for name in line.names)
    parts = (parse_partial(text).name for text in texts if text != UNKNOWN_PART)
    return frozenset(image.name for image in parts if image is not None)
