"""Objects that others refer to by their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.base import Landmark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Key
    from imagelint.documents.kubernetes.manifest import Manifest


class NamedObject(NamedTuple):
    """An object as others refer to it. `namespace` is empty where none is written."""

    span: Span
    kind: str
    name: str
    namespace: str


def object_named(kind: str, name: str) -> Key:
    """The objects of a kind with a name, in whichever namespace."""
    return ("object", kind, name)


def object_landmarks(manifest: Manifest) -> Iterator[Landmark]:
    """The objects of a manifest that say how they are called."""
    for obj in manifest.objects:
        if obj.name:
            found = NamedObject(obj.span, obj.kind, obj.name, obj.namespace)
            yield Landmark(object_named(obj.kind, obj.name), found)
