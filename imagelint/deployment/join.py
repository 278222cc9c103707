"""A document as the others of its run complete it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.base import Document
    from imagelint.documents.project import Project

# By kind of document, `module:function`: imported when there is a document of the kind.
_JOINS = {
    "compose": "services:joined_services",
    "kubernetes": "pods:joined_pods",
    **dict.fromkeys(
        ("makefile", "shell-script", "systemd-unit", "workflow"), "services:joined_services"
    ),
}


def joined(document: Document, project: Project) -> Document:
    """The document with what the others of its run say about the same things.

    What they leave open becomes unknown, what they set is known, with its place in their texts:
    these are attached to the document.
    """
    document = document.within(project)
    name = _JOINS.get(document.kind)
    if name is None:
        return document
    module, _, function = name.partition(":")
    join = getattr(import_module(f"imagelint.deployment.{module}"), function)
    return cast("Callable[[Document, Project], Document]", join)(document, project)
