"""Which Dockerfile an image is built from, and what the containers made of it get."""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import basename, join
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.builds import BuildArgument, BuiltImage, image_built
from imagelint.documents.kinds import building_kinds
from imagelint.documents.project import beside
from imagelint.documents.shared import EnvOrigin, EnvVar

if TYPE_CHECKING:
    from imagelint.core.reference import ImageReference
    from imagelint.deployment.attachment import Attacher
    from imagelint.documents.base import Document
    from imagelint.documents.builds import ImageBuild
    from imagelint.documents.dockerfile.document import Dockerfile
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.execution import ExecutionPlace
    from imagelint.documents.project import Project
    from imagelint.documents.serving.imageconfig import ImageConfig

# Contexts that are no folder: repositories and archives.
# https://docs.docker.com/build/concepts/context/#remote-context
_REMOTE = pattern(r"(?:[a-z][a-z0-9+.-]*:|git@|github\.com/|-$)")


class Build(NamedTuple):
    """An image that is built: the origin of its Dockerfile, and the stage that is named, if any.

    `arguments` are what it is given.
    """

    dockerfile: str
    target: str = ""
    arguments: tuple[BuildArgument, ...] = ()


def build_in(origin: str, build: ImageBuild) -> Build | None:
    """The build that a file names, whose paths are relative to its folder.

    None for a remote one, one that stands in the file itself, and where it is not known which.
    """
    context, dockerfile = build.context, build.dockerfile
    if build.inline or build.target is None or not context or not dockerfile:
        return None
    if _REMOTE.match(context):
        return None
    return Build(beside(origin, join(context, dockerfile)), build.target, build.arguments)


def built_with(dockerfile: Dockerfile, arguments: tuple[BuildArgument, ...]) -> Dockerfile | None:
    """A Dockerfile as its build sees it, whose arguments count more than the defaults.

    What depends on one of unknown value is unknown. None where the arguments change which scripts
    and settings are read, as those have their places in the text that is attached.
    """
    from imagelint.documents.dockerfile.reading import parse_dockerfile

    given = {one.name: one.value for one in arguments if one.name in dockerfile.derived(_declared)}
    if not given:
        return dockerfile
    origin = dockerfile.source.origin
    texts = {part.source.origin: part.source.text for part in dockerfile.parts[1:]}

    def read(name: str) -> str | None:
        return texts.get(beside(origin, name))

    made = parse_dockerfile(dockerfile.source, read=read, arguments=given)
    places = {(part.start, part.source.origin) for part in dockerfile.parts}
    there = all((part.start, part.source.origin) in places for part in made.parts)
    return made if there else None


def _declared(document: Document) -> frozenset[str]:
    variables = document.nodes_of(EnvVar)
    return frozenset(one.name for one in variables if one.origin is EnvOrigin.ARG)


_Made = tuple[str, tuple[BuildArgument, ...]]


def _configs(_document: Document) -> dict[_Made, ImageConfig | None]:
    """Filled as it is asked for: many containers are of one image."""
    return {}


def stage_named(dockerfile: Dockerfile, target: str) -> Stage | None:
    """The stage that a build ends with: names are compared without case, numbers count."""
    if not target:
        return dockerfile.final_stage
    for stage in reversed(dockerfile.stages):
        if target.lower() == stage.name.lower() or target == str(stage.index):
            return stage
    return None


class Builder(NamedTuple):
    """What looks for the configurations of images: in which documents, and where they are joined.

    `certain` tells that an image is certainly the one that is built.
    """

    project: Project
    attacher: Attacher
    certain: bool

    def config(self, build: Build, place: ExecutionPlace) -> ImageConfig | None:
        """The configuration of an image that is built, as containers in a place get it."""
        # Most manifests name no image that is built beside them: nothing of this is needed then.
        from imagelint.deployment.attachment import shifted
        from imagelint.documents.dockerfile.document import Dockerfile

        found = self.project.document(build.dockerfile, Dockerfile)
        if not isinstance(found, Known):
            return None
        config = config_in(found.value, build.target, build.arguments)
        if config is None:
            return None
        offset = self.attacher.offset(found.value, certain=self.certain)
        return shifted(config, offset, place)


def config_in(
    dockerfile: Dockerfile, target: str, arguments: tuple[BuildArgument, ...] = ()
) -> ImageConfig | None:
    """The configuration of the image that a Dockerfile makes; None where it is not known."""
    known = dockerfile.derived(_configs)
    about = (target, arguments)
    if about not in known:
        made = built_with(dockerfile, arguments)
        known[about] = None if made is None else _config(made, target)
    return known[about]


def _config(dockerfile: Dockerfile, target: str) -> ImageConfig | None:
    from imagelint.documents.dockerfile.start import config_of
    from imagelint.documents.queries.health.programs import programs_brought

    stage = stage_named(dockerfile, target)
    if stage is None:
        return None
    files = dockerfile.files
    config = config_of(stage, files.started, files.settings) if stage.final else config_of(stage)
    names = (basename(dockerfile.source.origin), stage.name)
    return config._replace(brings=programs_brought(dockerfile, stage), names=names)


def _named(image: ImageReference, project: Project) -> list[tuple[str, BuiltImage]]:
    return [
        found
        for kind, word in building_kinds()
        for found in project.named(kind, image_built(image.name), BuiltImage, word)
    ]


def is_built(image: ImageReference, project: Project) -> bool:
    """Whether the run builds an image of that name, whatever of."""
    return declared_build(image, project) is not None or bool(_named(image, project))


def declared_build(image: ImageReference, project: Project) -> Build | None:
    """The build that the policy says an image comes from; the first glob that matches counts."""
    names = (image.familiar, image.name)
    for one in project.declared:
        if any(fnmatchcase(name, one.glob) for name in names):
            given = (BuildArgument(name, Known(value)) for name, value in one.arguments)
            return Build(one.dockerfile, one.target, tuple(given))
    return None


def build_of(image: ImageReference, project: Project) -> Build | None:
    """The build that an image of the run comes from; None where none does, or several may.

    The policy goes before all others, and who builds the very tag before the rest. The image that
    is gated is built from the only Dockerfile, where nobody says otherwise.
    """
    declared = declared_build(image, project)
    if declared is not None:
        return declared
    named = _named(image, project)
    for found in ([one for one in named if one[1].tag == image.tag], named):
        builds = {build_in(origin, built.build) for origin, built in found}
        if len(builds) == 1:
            return builds.pop()
    if project.tied is not None and not named and image.name == project.tied[0]:
        return Build(project.tied[1])
    return None
