"""Named build contexts: what `build.additional_contexts` gives to a Dockerfile beside its own.

https://github.com/compose-spec/compose-spec/blob/main/build.md#additional_contexts
"""

from __future__ import annotations

from posixpath import join
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.base import Landmark
from imagelint.documents.compose.values import is_set, word
from imagelint.documents.project import beside
from imagelint.documents.yaml.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Key
    from imagelint.documents.compose.document import ComposeFile
    from imagelint.documents.yaml.cursor import Cursor


class NamedContext(NamedTuple):
    """A context that a build is given under a name."""

    span: Span
    name: str


def named_context(dockerfile: str, name: str) -> Key:
    """The contexts of that name which the build of a Dockerfile, by its origin, is given."""
    return ("named context", dockerfile, name)


def context_landmarks(document: ComposeFile) -> Iterator[Landmark]:
    """The named contexts of all services of a compose file."""
    for service in document.services:
        build = service.body["build"]
        contexts = build["additional_contexts"]
        if not contexts.exists:
            continue
        folder, file = _said(build["context"], "."), _said(build["dockerfile"], "Dockerfile")
        if folder and file:
            place = build["context"] if is_set(build["context"]) else build
            origin = document.part_at(place.span.start).source.origin
            dockerfile = beside(origin, join(folder, file))
            for context in _contexts(contexts):
                yield Landmark(named_context(dockerfile, context.name), context)


def _said(place: Cursor, otherwise: str) -> str:
    """What is said at a place; empty when that is not known."""
    return word(place) if is_set(place) else otherwise


def _contexts(place: Cursor) -> Iterator[NamedContext]:
    if isinstance(place.node, Mapping):
        for name, one in place.entries():
            yield NamedContext(one.key_span, name)
        return
    for item in place.items():
        name, equals, _ = word(item).partition("=")
        if equals:
            yield NamedContext(item.span, name)
