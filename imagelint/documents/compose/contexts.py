"""The builds of services: their Dockerfiles, contexts, and the images that they are named.

https://github.com/compose-spec/compose-spec/blob/main/build.md
"""

from __future__ import annotations

from posixpath import join
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.base import Landmark
from imagelint.documents.builds import (
    BuildArgument,
    BuildTarget,
    BuiltImage,
    GivenBuild,
    ImageBuild,
    NamedContext,
    argument_places,
    build_argument,
    context_image,
    context_landmarks,
    given_landmarks,
    image_built,
)
from imagelint.documents.compose.values import is_set, value, word
from imagelint.documents.compose.variables import is_whole, read_settings
from imagelint.documents.project import beside
from imagelint.documents.shared import EnvOrigin
from imagelint.documents.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Key
    from imagelint.documents.compose.document import ComposeFile
    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.shared import ImageUse
    from imagelint.documents.yaml.cursor import Cursor


def engine_composed(engine: str) -> Key:
    """The services with the image of an engine."""
    return ("engine composed", engine)


def service_called(name: str) -> Key:
    """The services of a name."""
    return ("service of compose", name)


def build_landmarks(document: ComposeFile) -> Iterator[Landmark]:
    """The services of a compose file, the images that they build, the contexts that they name."""
    for service in document.services:
        yield Landmark(service_called(service.name), service)
        build = service.build
        if build is None:
            continue
        origin = document.part_at(build.span.start).source.origin
        for given in given_builds((service,)):
            yield from given_landmarks(origin, given)
        image = service.image.known if service.image is not None else None
        if image is not None and image.registry:
            built = BuiltImage(build.span, image.name, image.tag, build)
            yield Landmark(image_built(image.name), built)
        contexts = service.body["build"]["additional_contexts"]
        if contexts.exists and build.context and build.dockerfile:
            dockerfile = beside(origin, join(build.context, build.dockerfile))
            for context in _contexts(contexts):
                yield from context_landmarks(dockerfile, context)


def read_build(service: Cursor) -> ImageBuild | None:
    """The build of a service; None where it has none."""
    build = service["build"]
    if not is_set(build):
        return None
    if isinstance(build.node, Scalar):
        return ImageBuild(build.span, word(build), "Dockerfile")
    context, inline, target = build["context"], build["dockerfile_inline"], build["target"]
    place = context if is_set(context) else build
    stage = value(target) if is_whole(build["args"]) else UNKNOWN
    return ImageBuild(
        place.span,
        _said(context, "."),
        _said(build["dockerfile"], "Dockerfile"),
        stage.value if isinstance(stage, Known) else None if stage is UNKNOWN else "",
        inline=inline.path if is_set(inline) else "",
        arguments=_arguments(build["args"]),
    )


def build_targets(services: Iterable[ComposeService]) -> Iterator[BuildTarget]:
    """The stages that builds of services are told to end with."""
    for service in services:
        place = service.body.at("build", "target")
        if service.build is not None and service.build.target and is_set(place):
            yield BuildTarget(place.span, service.build, place.path)


def context_images(services: Iterable[ComposeService]) -> Iterator[ImageUse]:
    """The images that builds of services take in the place of others."""
    for service in services:
        for context in _contexts(service.body.at("build", "additional_contexts")):
            if context.image is not None:
                yield context.image


def given_builds(services: Iterable[ComposeService]) -> Iterator[GivenBuild]:
    """The builds of services, with what they give to their Dockerfiles."""
    for service in services:
        if service.build is not None:
            places = argument_places(service.arguments)
            yield GivenBuild(service.build.span, service.build, places, f"{service.path}.build")


def _arguments(place: Cursor) -> tuple[BuildArgument, ...]:
    found = read_settings(place, EnvOrigin.BUILD_ARG)
    return tuple(build_argument(one.name, one.value) for one in found)


def _said(place: Cursor, otherwise: str) -> str:
    """What is said at a place; empty when that is not known."""
    return word(place) if is_set(place) else otherwise


def _contexts(place: Cursor) -> Iterator[NamedContext]:
    if isinstance(place.node, Mapping):
        for name, one in place.entries():
            yield NamedContext(one.key_span, name, context_image(one, word(one)))
        return
    for item in place.items():
        name, equals, folder = word(item).partition("=")
        if equals:
            yield NamedContext(item.span, name, context_image(item, folder))
