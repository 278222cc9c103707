"""How far down the stages of a build are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.queries.stages import chain

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage

__all__ = ["DEEPEST", "is_deep"]

DEEPEST = 40
"""So many stages, one built upon the other, are read together: for each, all below it are."""


def is_deep(document: Document, stage: Stage) -> bool:
    """Whether a stage is built upon more stages than anybody writes by hand."""
    return len(chain(document, stage)) > DEEPEST
