"""Which images the files of a folder run: those of pods and services, as they are rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.files import find
from imagelint.collect.git import list_files
from imagelint.core.fact import Known
from imagelint.core.redact import redact
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.documents.image.jsonview import plain
from imagelint.documents.project import Project
from imagelint.documents.shared import ImageRole, ImageUse
from imagelint.run.files import renderings_of
from imagelint.run.index import FileIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.collect.files import FoundFile
    from imagelint.documents.base import Document

_RUN = (ImageRole.POD, ImageRole.COMPOSE)


def deployed_images(folder: str) -> Iterator[str | Problem]:
    """The references of all images that are run, and why some are not known; each once."""
    listing = find([folder], lambda _path: False, list_files)
    seen = set[str | Problem]()
    for found in (*listing.problems, *_found(listing.files)):
        if found not in seen:
            seen.add(found)
            yield found


def _found(files: tuple[FoundFile, ...]) -> Iterator[str | Problem]:
    from imagelint.run.rendering.attach import with_rendering

    index = FileIndex({found.origin: found for found in files}, hashed=False)
    renderings = renderings_of(files, index)
    for found in files:
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
        yield from _images(document)


def _images(document: Document) -> Iterator[str | Problem]:
    for node in document.walk():
        if isinstance(node, ImageUse) and node.role in _RUN:
            if isinstance(node.reference, Known):
                yield str(node.reference.value)
            else:
                detail = f"which image `{plain(redact(node.text))}` is cannot be told"
                yield Problem(ProblemKind.UNPARSABLE, document.source.origin, detail)
    for embedded in document.embedded:
        yield from _images(embedded.document)
