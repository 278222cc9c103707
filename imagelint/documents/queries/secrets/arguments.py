"""Questions about what becomes of a build argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.queries.stages import enclosing_stage, stages
from imagelint.documents.shared import EnvOrigin, EnvVar

if TYPE_CHECKING:
    from imagelint.documents.base import Document

__all__ = ["is_before_run", "names_in", "takes_argument"]

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


def is_before_run(document: Document, variable: EnvVar) -> bool:
    """Whether a RUN stands behind the declaration of an argument, in the same stage.

    Its history holds the values of all of them, used or not: `runCommandString` in
    frontend/dockerfile/dockerfile2llb/convert.go of BuildKit.
    """
    stage = enclosing_stage(document, variable.span)
    if stage is None:
        return False
    return document.derived(_last_runs).get(stage.index, -1) > variable.span.start


def _last_runs(document: Document) -> dict[int, int]:
    """Where the last RUN of a stage begins, by stage."""
    return {
        stage.index: instruction.span.start
        for stage in stages(document)
        for instruction in stage.of("RUN")
    }


def _first_arguments(document: Document) -> dict[str, int]:
    """Where each build argument is declared first."""
    found: dict[str, int] = {}
    for variable in document.nodes_of(EnvVar):
        if variable.origin is EnvOrigin.ARG:
            found.setdefault(variable.name, variable.span.start)
    return found
