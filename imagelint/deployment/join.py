"""A document as the others of its run complete it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from imagelint.documents.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.base import Document
    from imagelint.documents.project import Project


def joined(document: Document, project: Project) -> Document:
    """The document with what the others of its run say about the same things.

    What they leave open becomes unknown, what they set is known, with its place in their texts:
    these are attached to the document.
    """
    document = document.within(project)
    name = KINDS[document.kind].joined_by if document.kind in KINDS else ""
    if not name:
        return document
    module, _, function = name.partition(":")
    join = getattr(import_module(f"imagelint.deployment.{module}"), function)
    return cast("Callable[[Document, Project], Document]", join)(document, project)
