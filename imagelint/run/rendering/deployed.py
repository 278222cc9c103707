"""Which images the files of a folder run: those of pods and services, as they are rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.files import find
from imagelint.collect.git import list_files
from imagelint.core.fact import Known
from imagelint.core.report import Report
from imagelint.documents.project import Project
from imagelint.documents.shared import ImageRole, ImageUse
from imagelint.run.files import renderings_of
from imagelint.run.index import FileIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document

_RUN = (ImageRole.POD, ImageRole.COMPOSE)


def deployed_images(folder: str) -> Iterator[str]:
    """The references of all images that are run, each once; what is not known is left out."""
    from imagelint.run.rendering.attach import with_rendering

    files = tuple(find([folder], lambda _path: False, list_files).files)
    index = FileIndex({found.origin: found for found in files}, hashed=False)
    renderings = renderings_of(files, index)
    seen: set[str] = set()
    for found in files:
        document = index.document(found)
        if document is None or isinstance(document, Report):
            continue
        if found.origin in renderings.concerned:
            document, _ = with_rendering(document, renderings, Project())
        for image in _images(document):
            if image not in seen:
                seen.add(image)
                yield image


def _images(document: Document) -> Iterator[str]:
    for node in document.walk():
        if isinstance(node, ImageUse) and node.role in _RUN and isinstance(node.reference, Known):
            yield str(node.reference.value)
    for embedded in document.embedded:
        yield from _images(embedded.document)
