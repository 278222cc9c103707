"""Builds of images that files tell of: compose, bake."""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.reference import UNKNOWN_PART
from imagelint.core.source import Source
from imagelint.documents.base import Landmark
from imagelint.documents.project import beside
from imagelint.documents.shared import ImageRole, image_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Embedded, Key, Node
    from imagelint.documents.kinds import Beside
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.shared import EnvVar, ImageUse

# Contexts that are no folder: repositories and archives.
# https://docs.docker.com/build/concepts/context/#remote-context
_REMOTE = pattern(r"(?:[a-z][a-z0-9+.-]*:|git@|github\.com/|-$)")
_IMAGE = "docker-image://"
_FILLED_IN = pattern(r"\$(?:\{[^}]*\}|\w+)")
SYNTAX_ARGUMENT = "BUILDKIT_SYNTAX"
"""The argument of a build that names its frontend, whatever its Dockerfile says.

An ARG of that name in the Dockerfile itself has no say in it:
frontend/dockerfile/builder/build.go of moby/buildkit.
"""


class BuildArgument(NamedTuple):
    """What a build is given for an ARG; unknown where the value is that of an environment."""

    name: str
    value: Fact[str]


def build_argument(name: str, value: Fact[str]) -> BuildArgument:
    """The same wherever it is written: two files that give a build the same make the same image."""
    return BuildArgument(name, Known(value.value) if isinstance(value, Known) else UNKNOWN)


def known_text(text: str | None) -> Fact[str]:
    """The value of an argument; None where it is not known."""
    return UNKNOWN if text is None else Known(text)


class ImageBuild(NamedTuple):
    """A build of an image.

    `context` and `dockerfile` are paths as they are written, empty where they are not known;
    `inline` is the logical path of a Dockerfile that stands in the file itself. `target` is the
    stage that it ends with, empty for the last one, and None where it is not known. `arguments` are
    what it is given for the ARGs of the Dockerfile.
    """

    span: Span
    context: str
    dockerfile: str
    target: str | None = ""
    inline: str = ""
    arguments: tuple[BuildArgument, ...] = ()


class BuildTarget(NamedTuple):
    """The stage that a build is told to end with, where that is named.

    `certain` tells that it is known which Dockerfile the build reads.
    """

    span: Span
    build: ImageBuild
    path: str = ""
    certain: bool = True


class ArgumentPlace(NamedTuple):
    """Where a file writes what a build is given for an ARG."""

    span: Span
    name: str
    path: str = ""


class GivenBuild(NamedTuple):
    """A build with the places of its arguments, as far as these have one.

    `certain` tells that it is known which Dockerfile the build reads.
    """

    span: Span
    build: ImageBuild
    places: tuple[ArgumentPlace, ...] = ()
    path: str = ""
    certain: bool = True


def argument_places(arguments: Iterable[EnvVar]) -> tuple[ArgumentPlace, ...]:
    """Where the values of arguments stand."""
    return tuple(ArgumentPlace(one.value_span, one.name, one.path) for one in arguments)


def dockerfile_of(origin: str, build: ImageBuild) -> str:
    """The origin of the Dockerfile of a build whose paths are relative to the folder of a file.

    Empty for a remote one, one that stands in the file itself, and where it is not known which.
    """
    if build.inline or not build.context or not build.dockerfile or _REMOTE.match(build.context):
        return ""
    return beside(origin, join(build.context, build.dockerfile))


def dockerfile_built(dockerfile: str) -> Key:
    """The builds of a Dockerfile, by its origin."""
    return ("dockerfile built", dockerfile)


def given_landmarks(origin: str, given: GivenBuild) -> Iterator[Landmark]:
    """A build by its Dockerfile, where that is known."""
    dockerfile = dockerfile_of(origin, given.build)
    if dockerfile:
        yield Landmark(dockerfile_built(dockerfile), given)


def frontend_given(argument: EnvVar) -> ImageUse | None:
    """The image that an argument of a build gives it as its frontend."""
    if argument.name != SYNTAX_ARGUMENT or not isinstance(argument.value, Known):
        return None
    name = argument.value.value.partition(" ")[0]
    at = argument._replace(span=argument.value_span)
    return image_use(at, ImageRole.FRONTEND, name, name)._replace(final=False) if name else None


class BuiltImage(NamedTuple):
    """A name under which an image is built: `tag` is empty where none is written."""

    span: Span
    repository: str
    tag: str
    build: ImageBuild


def image_built(repository: str) -> Key:
    """The builds of images of a repository: `registry/name`, as references are normalised."""
    return ("image built", repository)


class NamedContext(NamedTuple):
    """A context that a build is given under a name: `ANY_CONTEXT` where that is not known.

    `image` is the one that is taken in the place of what is called so, where it is an image.
    """

    span: Span
    name: str
    image: ImageUse | None = None


def context_image(at: Node, place: str) -> ImageUse | None:
    """The image that a context is: `docker-image://alpine:3.20`; None where it is none.

    https://docs.docker.com/reference/cli/docker/buildx/build/#build-context
    """
    if not place.startswith(_IMAGE):
        return None
    name = place.removeprefix(_IMAGE)
    use = image_use(at, ImageRole.BASE, name, _FILLED_IN.sub(UNKNOWN_PART, name))
    return use._replace(final=False)


def named_context(dockerfile: str, name: str) -> Key:
    """The contexts of that name which the build of a Dockerfile, by its origin, is given."""
    return ("named context", dockerfile, name)


def context_landmarks(dockerfile: str, context: NamedContext) -> Iterator[Landmark]:
    """A context by the Dockerfile whose build is given it, and by its name alone.

    Who starts a build elsewhere than beside the file that describes it means other paths.
    """
    yield Landmark(named_context(dockerfile, context.name), context)
    yield Landmark(context_called(context.name), context)


ANY_CONTEXT = ""
"""Where it is not known what a context is called: contexts of an action are often an input."""
ANY_DOCKERFILE = ""
"""Where it is not known which Dockerfile a build is of: that of an action is often an input."""


def context_called(name: str) -> Key:
    """The contexts of that name which any build is given."""
    return ("context called", name)


def dockerfile_named(origin: str, name: str, read: Beside) -> Embedded | None:
    """A Dockerfile that a file names whose own name does not say that it is one.

    The others are found by their names. `origin` is that of the file, from whose folder the name
    is, and from which `read` gives texts. None where there is no such file.

    Raises:
        DocumentError: it cannot be examined.
    """
    from imagelint.documents.base import Embedded
    from imagelint.documents.detect import candidate, detect
    from imagelint.documents.kinds import KINDS

    other = beside(origin, name)
    # Of a file that no walk takes, the content is never asked what it is.
    if candidate(other) and detect(other, "FROM scratch\n") == "dockerfile":
        return None
    text = read(name)
    if text is None:
        return None
    around = dirname(name)
    inner = KINDS["dockerfile"].parse(
        Source(other, text), lambda beneath: read(normpath(join(around, beneath)))
    )
    return Embedded(inner)


def dockerfile_within(origin: str, mapped: MappedText, path: str) -> Embedded:
    """A Dockerfile that stands in another file, at its places there.

    Raises:
        DocumentError: it cannot be examined.
    """
    from imagelint.documents.base import Embedded
    from imagelint.documents.kinds import KINDS

    return Embedded(KINDS["dockerfile"].parse(Source(origin, mapped.text)), mapped, path)
