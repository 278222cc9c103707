"""Which Dockerfile an image is built from, and what the containers made of it get."""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.builds import (
    BuildArgument,
    BuiltImage,
    GivenBuild,
    dockerfile_built,
    dockerfile_of,
    image_built,
)
from imagelint.documents.execution import UNKNOWN_PLACE
from imagelint.documents.kinds import building_kinds
from imagelint.documents.project import beside
from imagelint.documents.shared import EnvOrigin, EnvVar, ImageRole, ImageUse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.reference import ImageReference
    from imagelint.deployment.attachment import Attacher
    from imagelint.documents.base import Document
    from imagelint.documents.builds import ArgumentPlace, ImageBuild
    from imagelint.documents.dockerfile.document import Dockerfile
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.execution import ExecutionPlace
    from imagelint.documents.project import Project
    from imagelint.documents.serving.imageconfig import ImageConfig


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
    dockerfile = dockerfile_of(origin, build)
    if not dockerfile or build.target is None:
        return None
    return Build(dockerfile, build.target, build.arguments)


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


class GivenImage(NamedTuple):
    """An image that a stage begins with where a build's arguments take part in its name.

    `place` is where the argument is written that brings its tag, None where none does, or where
    that has no place. `usual` is what FROM names without any arguments, where that is known.
    """

    use: ImageUse
    place: ArgumentPlace | None
    value: str
    usual: ImageReference | None
    dockerfile: str


def given_images(given: GivenBuild, origin: str, project: Project) -> Iterator[GivenImage]:
    """The images that FROM names with what a build gives it, of the stages that are built.

    `origin` is that of the file that the build stands in.
    """
    from imagelint.documents.dockerfile.document import Dockerfile

    build = build_in(origin, given.build)
    if build is None or not build.arguments:
        return
    found = project.document(build.dockerfile, Dockerfile)
    if not isinstance(found, Known):
        return
    dockerfile = found.value
    names = {one.name for one in build.arguments if one.name in dockerfile.arguments}
    if not names:
        return
    usual = {use.span: use.reference for use in _bases(dockerfile)}
    values = {one.name: one.value for one in build.arguments}
    for use in _made_bases(dockerfile, build):
        behind = [name for name in _variables(use.text, dockerfile) if name in names]
        if not behind or not isinstance(use.reference, Known):
            continue
        name = _bringing(use.reference.value, [(one, values[one]) for one in behind])
        place = next((one for one in reversed(given.places) if one.name == name), None)
        value = values[name] if name else UNKNOWN
        default = usual.get(use.span, UNKNOWN)
        yield GivenImage(
            use,
            place,
            value.value if isinstance(value, Known) else "",
            default.value if isinstance(default, Known) else None,
            build.dockerfile,
        )


def builds_with(
    use: ImageUse, dockerfile: str, project: Project, floats: Callable[[ImageReference], bool]
) -> list[tuple[str, GivenBuild]]:
    """The builds of the run that need a FROM, where each gives it an image that does not float.

    None where one is not known, or floats. `dockerfile` is the origin of the one that it is in.
    """
    builds = builds_over(use, dockerfile, project) if "$" in use.text else None
    if not builds or any(floats(image) for _, _, image in builds):
        return []
    return [(origin, given) for origin, given, _ in builds]


def builds_over(
    use: ImageUse, dockerfile: str, project: Project
) -> list[tuple[str, GivenBuild, ImageReference]] | None:
    """The builds of the run with the image that each makes of a FROM; None where one is not known.

    `dockerfile` is the origin of the one that FROM stands in. Builds that do not need its stage
    are left out.
    """
    found: list[tuple[str, GivenBuild, ImageReference]] = []
    for kind, word in building_kinds():
        for origin, given in project.named(kind, dockerfile_built(dockerfile), GivenBuild, word):
            if given.build.target is None:
                return None
            build = build_in(origin, given.build)
            document = _dockerfile(dockerfile, project)
            if build is None or document is None:
                return None
            made = next((one for one in _made_bases(document, build) if one.span == use.span), None)
            if made is None:
                continue
            if not isinstance(made.reference, Known):
                return None
            found.append((origin, given, made.reference.value))
    return found


def _dockerfile(origin: str, project: Project) -> Dockerfile | None:
    from imagelint.documents.dockerfile.document import Dockerfile

    found = project.document(origin, Dockerfile)
    return found.value if isinstance(found, Known) else None


def stages_asked_for(dockerfile: Dockerfile, project: Project) -> frozenset[int] | None:
    """The stages that builds of the run make, with those that these need.

    None where a build does not tell which stage it ends with: it may be any.
    """
    origin = dockerfile.source.origin
    asked: set[str] = set()
    for kind, word in building_kinds():
        for _, given in project.named(kind, dockerfile_built(origin), GivenBuild, word):
            if given.build.target is None:
                return None
            asked.add(given.build.target)
    known = dockerfile.derived(_stages_made)
    found: frozenset[int] = frozenset()
    for target in asked - {""}:
        if target not in known:
            from imagelint.documents.dockerfile.reading import parse_dockerfile

            made = parse_dockerfile(dockerfile.source, target=target)
            known[target] = frozenset(stage.index for stage in made.stages if stage.used)
        found |= known[target]
    return found


def _stages_made(_document: Document) -> dict[str, frozenset[int]]:
    """Filled as it is asked for: each unused stage asks for the same."""
    return {}


def _made_bases(dockerfile: Dockerfile, build: Build) -> tuple[ImageUse, ...]:
    known = dockerfile.derived(_made_images)
    about = (build.target, build.arguments)
    if about not in known:
        from imagelint.documents.dockerfile.reading import parse_dockerfile

        given = {one.name: one.value for one in build.arguments if one.name in dockerfile.arguments}
        # The last stage has a number as well, by which what it does not need is left out.
        target = build.target or str(len(dockerfile.stages) - 1)
        known[about] = _bases(parse_dockerfile(dockerfile.source, arguments=given, target=target))
    return known[about]


def _made_images(_document: Document) -> dict[_Made, tuple[ImageUse, ...]]:
    """Filled as it is asked for: builds of a file often give it the same."""
    return {}


def _bases(dockerfile: Dockerfile) -> tuple[ImageUse, ...]:
    return tuple(use for use in dockerfile.nodes_of(ImageUse) if use.role is ImageRole.BASE)


def _variables(text: str, dockerfile: Dockerfile) -> list[str]:
    """The variables that a text uses, with those in the defaults of the ones that it names."""
    from imagelint.documents.queries.dockerfiles.references import escape_of, references_in

    escape = escape_of(dockerfile)
    found: list[str] = []
    texts = [text]
    while texts:
        for one in references_in(texts.pop(), 0, escape):
            if one.name in found:
                continue
            found.append(one.name)
            declared = dockerfile.arguments.get(one.name)
            if declared is not None and declared.value_span != declared.span:
                span = declared.value_span
                texts.append(dockerfile.source.text[span.start : span.end])
    return found


def _bringing(image: ImageReference, given: list[tuple[str, Fact[str]]]) -> str:
    """The name of the argument whose value holds the tag, or the name that has none."""
    for name, fact in given:
        text = fact.value if isinstance(fact, Known) else ""
        last = text.partition("@")[0].rpartition("/")[2]
        brought = (text, last.partition(":")[2]) if image.tag else (last,)
        if text and (image.tag or image.repository.rpartition("/")[2]) in brought:
            return name
    return ""


_MOST_MOVES = 16
"""Places of one image's configuration that are held: most documents want it at the same."""
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
        from imagelint.documents.dockerfile.document import Dockerfile

        found = self.project.document(build.dockerfile, Dockerfile)
        if not isinstance(found, Known):
            return None
        config = config_in(found.value, build.target, build.arguments)
        if config is None:
            return None
        offset = self.attacher.offset(found.value, certain=self.certain)
        moved = _moved(found.value, config, offset)
        env = tuple(variable._replace(place=place) for variable in moved.env)
        return moved._replace(env=env)


def _moved(dockerfile: Dockerfile, config: ImageConfig, offset: int) -> ImageConfig:
    """A configuration with its places behind an offset, the same one for all who ask for that.

    Its scripts stand nowhere: to say of each of their commands who starts it would take as long,
    for each container, as to read them.
    """
    from imagelint.deployment.attachment import shifted

    known = dockerfile.derived(_moves)
    about = (id(config), offset)
    if about not in known:
        if len(known) >= _MOST_MOVES:
            known.clear()
        known[about] = shifted(config, offset, UNKNOWN_PLACE)
    return known[about]


def _moves(_document: Document) -> dict[tuple[int, int], ImageConfig]:
    """Filled as it is asked for; the configurations themselves are kept beside them."""
    return {}


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
