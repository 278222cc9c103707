"""Which images files name, as they are rendered: those of pods and services, those of builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.files import find
from imagelint.collect.git import list_files
from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.core.redact import redact
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.documents.image.jsonview import plain
from imagelint.documents.locate import Locator
from imagelint.documents.project import Project
from imagelint.documents.shared import ImageRole, ImageUse
from imagelint.run.files import renderings_of
from imagelint.run.reading.index import FileIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.core.finding import Location
    from imagelint.documents.base import Document

RUN = (ImageRole.POD, ImageRole.COMPOSE)
"""What images are run as."""


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
    """All images that files below some paths name in some roles, and why some are not known."""
    from imagelint.run.rendering.attach import with_rendering

    listing = find(paths, leave_out, list_files)
    yield from listing.problems
    index = FileIndex({found.origin: found for found in listing.files}, hashed=False)
    renderings = renderings_of(listing.files, index)
    for found in listing.files:
        document = index.document(found)
        problems: Iterable[Problem] = ()
        if document is None:
            continue
        if isinstance(document, Report):
            yield from document.problems
            continue
        if found.origin in renderings.concerned:
            document, problems = with_rendering(document, renderings, Project())
        yield from problems
        yield from _images(document, roles)


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
