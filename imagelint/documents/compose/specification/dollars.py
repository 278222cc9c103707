"""Dollars that compose refuses: what stands in braces behind one is no variable.

compose-spec/compose-go:template/template.go (`patternString`, `InvalidTemplateError`)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.complaints import MalformedComposeFile
from imagelint.documents.compose.interpolation import expressions, stray_dollar
from imagelint.documents.yaml.nodes import Scalar
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.yaml.cursor import Cursor

_EXTENSION = "x-"
_TEMPLATES = ("{{", "{%", "<%")
_DEEPEST = 20


def stray_dollars(root: Cursor) -> Iterator[MalformedComposeFile]:
    """The first such dollar of each value, also where several places share it."""
    seen: set[int] = set()
    pending = [one for name, one in root.entries() if not name.startswith(_EXTENSION)]
    while pending:
        place = pending.pop()
        node = place.node
        if not isinstance(node, Scalar):
            pending += (*place.items(), *(one for _, one in place.entries()))
        elif "$" in node.text and node.span.start not in seen:
            seen.add(node.span.start)
            yield from _of_value(place, node)


def _of_value(place: Cursor, node: Scalar) -> Iterator[MalformedComposeFile]:
    at = _stray(node.text)
    if at is None or any(mark in node.text for mark in _TEMPLATES):
        return
    message = "`${` begins no variable here: compose refuses it"  # what follows may be a password
    span = map_scalar(node).place(at, at + 1)
    yield MalformedComposeFile(span, place.path, message, "write `$$` for a dollar that stays one")


def _stray(text: str, depth: int = 0) -> int | None:
    at = stray_dollar(text)
    if at is not None or depth > _DEEPEST:
        return at
    for one in expressions(text):
        inner = _stray(one.word, depth + 1) if "$" in one.word else None
        if inner is not None:
            return one.end - 1 - len(one.word) + inner
    return None
