"""Questions about what becomes of a build argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.shell.script import Script

if TYPE_CHECKING:
    from imagelint.documents.base import Document

__all__ = ["names_in", "takes_argument", "used_by_script"]

_NAME = pattern(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")


def names_in(text: str) -> frozenset[str]:
    """The variables that a text names: `$HF_TOKEN`, `${HF_TOKEN:-}`."""
    return frozenset(_NAME.findall(text))


def takes_argument(document: Document, variable: EnvVar) -> bool:
    """Whether the value of a variable holds a build argument that is declared before it."""
    written = document.source.text[variable.value_span.start : variable.value_span.end]
    names = names_in(written)
    return any(
        isinstance(node, EnvVar)
        and node.origin is EnvOrigin.ARG
        and node.name in names
        and node.span.start < variable.span.start
        for node in document.walk()
    )


def used_by_script(document: Document, variable: EnvVar) -> bool:
    """Whether a script behind the declaration of an argument, in the same stage, names it."""
    stage = enclosing_stage(document, variable.span)
    if stage is None:
        return False
    return any(
        isinstance(node, Script)
        and node.span.start > variable.span.start
        and enclosing_stage(document, node.span) is stage
        and variable.name in names_in(node.text)
        for node in document.walk()
    )
