"""Manifests that are the value of a key in a ConfigMap or a Secret: what others apply."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError, Embedded
from imagelint.documents.kubernetes.settings import encoded_texts, held_texts
from imagelint.documents.mapped import MappedText
from imagelint.documents.yaml.nodes import Scalar
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.core.source import Span
    from imagelint.documents.kubernetes.manifest import Manifest
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor

_API_VERSION = pattern(r"^apiVersion[ \t]*:[ \t]*\S|\"apiVersion\"[ \t]*:", re.MULTILINE)
_KIND = pattern(r"^kind[ \t]*:[ \t]*\S|\"kind\"[ \t]*:", re.MULTILINE)
_CONTAINERS = pattern(r"^[ \t-]*containers[ \t]*:", re.MULTILINE)
_MOST = 50
"""Manifests of one document that are read as texts."""
_DEEPEST = 2
"""Texts in texts that are read: each holds all that is deeper, and is parsed anew."""


class TextualManifests(NamedTuple):
    """The manifests with pods that stand in texts, and why others are not read."""

    embedded: tuple[Embedded, ...]
    gaps: tuple[DocumentError, ...]


def textual_manifests(
    objects: Iterable[KubernetesObject],
    source: Source,
    parse: Callable[[Source, int], Manifest],
    depth: int,
) -> TextualManifests:
    """The manifests with pods that ConfigMaps, Secrets and bundles hold, each at its key.

    `depth` is that of the texts in texts that these objects stand in; `parse` is given the next.
    What cannot be read is told where it speaks of containers: a mistake, or the template of
    somebody else, who fills it in.
    """
    found: list[Embedded] = []
    gaps: list[DocumentError] = []
    for number, (place, mapped) in enumerate(_texts(objects)):
        if number >= _MOST or depth >= _DEEPEST:
            return TextualManifests(tuple(found), (*gaps, _unread(place.span)))
        if mapped is None:
            gaps.append(_cut(place.span))
            continue
        try:
            inner = parse(Source(source.origin, mapped.text), depth + 1)
        except DocumentError as error:
            if _CONTAINERS.search(mapped.text):
                gaps.append(_unreadable(error, place))
            continue
        if inner.pods or inner.embedded or _is_cut(inner):
            found.append(Embedded(inner, mapped, place.path))
    return TextualManifests(tuple(found), tuple(gaps))


def _texts(objects: Iterable[KubernetesObject]) -> Iterator[tuple[Cursor, MappedText | None]]:
    """The values of ConfigMaps, Secrets and bundles that look like manifests; None for a start."""
    for obj in objects:
        for _, place in held_texts(obj) if obj.is_own else ():
            node = place.node
            if isinstance(node, Scalar) and _is_manifest(node.text):
                yield place, map_scalar(node)
        for place, text, is_whole in encoded_texts(obj):
            if _is_manifest(text):
                yield place, _placed(place, text) if is_whole else None


def _is_manifest(text: str) -> bool:
    return bool(_API_VERSION.search(text) and _KIND.search(text))


def _placed(place: Cursor, text: str) -> MappedText:
    """A text at a place: as it is written there, or at all of it where it is encoded."""
    node = place.node
    if isinstance(node, Scalar) and node.text == text:
        return map_scalar(node)
    return MappedText(text, place.span, ())


def _unreadable(error: DocumentError, place: Cursor) -> DocumentError:
    message = f"the manifest in this text was not examined: {error.message}"
    return DocumentError(error.kind, message, place.span, error.help)


def _unread(span: Span) -> DocumentError:
    message = "manifests that are written as texts are not examined from here on"
    help_ = "keep them in files of their own, and check those"
    return DocumentError(ProblemKind.TOO_LARGE, message, span, help_)


def _cut(span: Span) -> DocumentError:
    message = "this compressed manifest is not examined: it is too long, or its end is missing"
    help_ = "keep it in a file of its own, and check that"
    return DocumentError(ProblemKind.TOO_LARGE, message, span, help_)


def _is_cut(inner: Manifest) -> bool:
    """Whether a manifest holds others that are not read."""
    return any(gap.kind is ProblemKind.TOO_LARGE for gap in inner.gaps)
