"""Which images files name, as they are rendered: those of pods and services, those of builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.files import find
from imagelint.collect.git import list_files
from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.redact import redact
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.documents.detect import detect
from imagelint.documents.image.jsonview import plain
from imagelint.documents.locate import Locator
from imagelint.documents.project import Project
from imagelint.documents.shared import ImageRole, ImageUse
from imagelint.run.files import renderings_of
from imagelint.run.reading.index import FileIndex
from imagelint.run.rendering.renderings import NO_RENDERINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.collect.files import FoundFile
    from imagelint.collect.read import ReadResult
    from imagelint.core.finding import Location
    from imagelint.documents.base import Document
    from imagelint.run.rendering.renderings import Renderings

RUN = (ImageRole.POD, ImageRole.COMPOSE)
"""What images are run as."""

BUILT_FROM = (
    *(ImageRole.BASE, ImageRole.COPY, ImageRole.MOUNT),
    *(ImageRole.FRONTEND, ImageRole.FEATURE),
)
"""What a build takes something from: the bases, images it copies out of, and its frontend."""

_HOLDERS = ("bake", "compose", "dockerfile")
# An instruction FROM, maybe in a quoted text, and what else names an image to a build.
_MAY_BUILD = pattern(
    r"(?im)(?:^|[\"']|\\n)[ \t]*(?:-[ \t]+)?FROM[ \t]+\S|docker-image://|BUILDKIT_SYNTAX"
)


class NamedImage(NamedTuple):
    """An image, and the place that names it."""

    reference: str
    location: Location


def deployed_images(folder: str) -> Iterator[str | Problem]:
    """The references of all images that are run, and why some are not known; each once."""
    seen = set[str | Problem]()
    for one in named_images([folder], RUN):
        found = one.reference if isinstance(one, NamedImage) else one
        if found not in seen:
            seen.add(found)
            yield found


def named_images(
    paths: Iterable[str],
    roles: tuple[ImageRole, ...],
    leave_out: Callable[[str], bool] = lambda _path: False,
) -> Iterator[NamedImage | Problem]:
    """All images that files below some paths name in some roles, and why some are not known.

    What cannot be read as the document that it is counts where it may name such an image. What is
    built from stands in Dockerfiles, and in what holds them: nothing is rendered to find it.
    """
    from imagelint.run.rendering.attach import with_rendering

    listing = find(paths, leave_out, list_files)
    yield from listing.problems
    index = FileIndex({found.origin: found for found in listing.files}, hashed=False)
    of_builds = set(roles) <= set(BUILT_FROM)
    renderings = NO_RENDERINGS if of_builds else renderings_of(listing.files, index)
    for found in listing.files:
        document, text = index.document(found), index.content(found).text
        problems: Iterable[Problem] = ()
        yield from text.problems
        if document is None:
            continue
        if isinstance(document, Report):
            if not (_is_rendered(found, renderings) or (of_builds and not _may_build(text))):
                yield from document.problems
            continue
        if found.origin in renderings.concerned:
            document, problems = with_rendering(document, renderings, Project())
        yield from problems
        yield from _images(document, roles)


def _is_rendered(found: FoundFile, renderings: Renderings) -> bool:
    """Whether a template is read as what is made of it, be it nothing."""
    return found.origin in renderings.covered or found.origin in renderings.empty


def _may_build(text: ReadResult) -> bool:
    """Whether what cannot be read as a document may name what an image is built from."""
    source = text.source
    if source is None or detect(source.origin, source.text) in _HOLDERS:
        return True
    return _MAY_BUILD.search(source.text) is not None


def _images(document: Document, roles: tuple[ImageRole, ...]) -> Iterator[NamedImage | Problem]:
    locator = Locator(document)
    for node in document.walk():
        if isinstance(node, ImageUse) and node.role in roles:
            if isinstance(node.reference, Known):
                yield NamedImage(str(node.reference.value), locator.locate(node))
            else:
                detail = f"which image `{plain(redact(node.text))}` is cannot be told"
                yield Problem(ProblemKind.UNPARSABLE, document.source.origin, detail)
    for embedded in document.embedded:
        yield from _images(embedded.document, roles)
