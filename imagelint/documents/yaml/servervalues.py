"""Whether the values of a chart start a model server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.reference import parse_reference
from imagelint.documents.yaml.nodes import Scalar
from imagelint.knowledge.accelerators import accelerator
from imagelint.knowledge.recognition import engine_of_image

if TYPE_CHECKING:
    from imagelint.documents.yaml.cursor import Cursor

_NAMES = ("image", "repository")


def server_in(root: Cursor) -> Cursor | None:
    """The first place that names an image of a known engine, or asks for accelerators."""
    pending = [root]
    while pending:
        place = pending.pop()
        for name, value in place.entries():
            if isinstance(value.node, Scalar) and _tells(name, value):
                return value
        inner = (value for _, value in place.entries())
        pending += reversed([*inner, *place.items()])
    return None


def _tells(name: str, value: Cursor) -> bool:
    word = value.word()
    if not word or word == "0":
        return False
    if name.lower().endswith(_NAMES):
        reference = parse_reference(word)
        return reference is not None and bool(engine_of_image(reference))
    return "/" in name and accelerator(name) is not None
