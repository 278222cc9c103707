"""Where the values are written that are filled in where a finding stands.

`$GPUS` of a compose file stands in its `.env`, `${MODEL}` of a start script in a ConfigMap or among
the variables of its container: who mends what is said has to change that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.finding import Excerpt, Location, Note
from imagelint.core.pattern import pattern
from imagelint.core.redact import redact
from imagelint.core.source import Span
from imagelint.documents.compose.document import ComposeFile
from imagelint.documents.compose.dotenv import LINE
from imagelint.documents.kubernetes.kustomize.document import Kustomization
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.locate import Locator
from imagelint.documents.runtime.field import Place
from imagelint.documents.secrets.names import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Finding
    from imagelint.core.source import Source
    from imagelint.documents.base import Document

# `$NAME`, `${NAME…}` of shells and compose, `$(NAME)` of Kubernetes.
_TAKEN = pattern(r"\$(?:\{|\()?([A-Za-z_][A-Za-z0-9_]*)")


def with_fillings(document: Document, finding: Finding) -> Finding:
    """A finding with notes of where that is set which stands under its span, or a note's."""
    places = (finding.location, *(note.location for note in finding.notes if note.location))
    notes = (
        *(
            Note(f"`{name}` is set here", place)
            for location in places
            for name in _names(document, location)
            for place in _set_at(name, document, location)
        ),
        *(_of_image(document, finding.location) if isinstance(document, Kustomization) else ()),
    )
    known = {finding.location, *(note.location for note in finding.notes)}
    added = tuple(dict.fromkeys(note for note in notes if note.location not in known))
    return finding._replace(notes=(*finding.notes, *added)) if added else finding


def _of_image(document: Kustomization, location: Location) -> Iterator[Note]:
    """The other fields of the override of an image: a name, a tag and a digest."""
    for one in document.transformations():
        for image in one.images:
            if any(field.span == location.span for field in image.fields):
                for field in image.fields:
                    if field.span != location.span:
                        yield Note(f"`{field.path}` is set here", Locator(document).locate(field))


def _names(document: Document, location: Location) -> tuple[str, ...]:
    for part in document.parts:
        if part.source.origin == location.origin:
            text = part.source.text[slice(*location.span)]
            names = dict.fromkeys(match[1] for match in _TAKEN.finditer(text))
            return tuple(name for name in names if not is_secret_name(name))
    return ()


def _set_at(name: str, document: Document, location: Location) -> Iterator[Location]:
    if isinstance(document, ComposeFile):
        if document.dotenv is not None:
            yield from _in_dotenv(name, document.dotenv)
    elif isinstance(document, Manifest):
        yield from _in_containers(name, document, location)


def _in_dotenv(name: str, source: Source) -> Iterator[Location]:
    """The last line that sets a variable: it counts."""
    found = [match for match in LINE.finditer(source.text) if match[1] == name]
    if found:
        span = Span(found[-1].start(1), found[-1].end())
        start = source.position(span.start)
        excerpt = Excerpt(start.line, (redact(source.line(start.line)),))
        yield Location(source.origin, span, start, source.position(span.end), excerpt)


def _in_containers(name: str, manifest: Manifest, location: Location) -> Iterator[Location]:
    """Where the containers that a place may be about have a variable from, if all from one."""
    path = location.path
    spans = {
        one.value_span
        for pod in manifest.pods
        for container in pod.containers
        if path.startswith(container.path)
        for one in container.env
        if one.name == name and isinstance(one.value, Known)
    }
    if len(spans) == 1:
        place = Locator(manifest).locate(Place(spans.pop()))
        if (place.origin, place.span) != location[:2]:
            yield place
