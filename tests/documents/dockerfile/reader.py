"""Shorthands for tests about Dockerfiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from imagelint.core.source import Source
from imagelint.documents.dockerfile.reading import parse_dockerfile

if TYPE_CHECKING:
    from collections.abc import Collection

    from imagelint.documents.base import Node
    from imagelint.documents.dockerfile.document import Dockerfile

N = TypeVar("N")


def read(text: str, contexts: Collection[str] = ()) -> Dockerfile:
    """The document of a text."""
    return parse_dockerfile(Source("Dockerfile", text), contexts=contexts)


def nodes(text: str, kind: type[N]) -> list[N]:
    """The nodes of a type in a text."""
    return [node for node in read(text).walk() if isinstance(node, kind)]


def under(text: str, node: Node) -> str:
    """What is written under a node."""
    return text[node.span.start : node.span.end]


def complaints(text: str) -> list[tuple[str, str]]:
    """Where something is wrong, and what."""
    return [(under(text, complaint), complaint.message) for complaint in read(text).complaints]
