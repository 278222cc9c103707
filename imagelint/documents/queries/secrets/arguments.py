"""Questions about what becomes of a build argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.queries.stages import enclosing_stage, stages
from imagelint.documents.shared import EnvOrigin, EnvVar

if TYPE_CHECKING:
    from imagelint.documents.base import Document

__all__ = ["names_in", "takes_argument", "used_by_script"]

_NAME = pattern(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")


def names_in(text: str) -> frozenset[str]:
    """The variables that a text names: `$HF_TOKEN`, `${HF_TOKEN:-}`."""
    return frozenset(_NAME.findall(text))


def takes_argument(document: Document, variable: EnvVar) -> bool:
    """Whether the value of a variable holds a build argument that is declared before it."""
    written = document.written(variable.value_span)
    first = document.derived(_first_arguments)
    return any(
        first.get(name, variable.span.start) < variable.span.start for name in names_in(written)
    )


def used_by_script(document: Document, variable: EnvVar) -> bool:
    """Whether a script behind the declaration of an argument, in the same stage, names it."""
    stage = enclosing_stage(document, variable.span)
    if stage is None:
        return False
    last = document.derived(_last_uses).get((stage.index, variable.name), -1)
    return last > variable.span.start


def _first_arguments(document: Document) -> dict[str, int]:
    """Where each build argument is declared first."""
    found: dict[str, int] = {}
    for variable in document.nodes_of(EnvVar):
        if variable.origin is EnvOrigin.ARG:
            found.setdefault(variable.name, variable.span.start)
    return found


def _last_uses(document: Document) -> dict[tuple[int, str], int]:
    """Where the last script of a stage begins that names a variable, by stage and name."""
    return {
        (stage.index, name): script.span.start
        for stage in stages(document)
        for script in stage.scripts
        for name in names_in(script.text)
    }
