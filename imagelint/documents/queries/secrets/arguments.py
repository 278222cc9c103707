"""Questions about what becomes of a build argument."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import start_of
from imagelint.documents.queries.stages import enclosing_stage, last_set_before, stages
from imagelint.documents.shared import EnvOrigin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.shared import EnvVar

__all__ = ["arguments_at", "is_before_run", "names_in", "takes_argument"]

_NAME = pattern(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")


def names_in(text: str) -> frozenset[str]:
    """The variables that a text names: `$HF_TOKEN`, `${HF_TOKEN:-}`."""
    return frozenset(_NAME.findall(text))


def takes_argument(document: Document, variable: EnvVar) -> bool:
    """Whether a variable of a Dockerfile has a value of which a build argument tells a part.

    An argument with a default that is known tells nothing, nor does one that something nearer
    has set to something else. Stages hand on both ENV and ARG to those that are built upon them:
    `ds.state = ds.base.state` in frontend/dockerfile/dockerfile2llb/convert.go of BuildKit, where
    of ENV and ARG the later one counts (`AddEnv`).
    """
    return variable.span.start in document.derived(_told_by_builds)


def arguments_at(document: Document, stage: Stage, span: Span) -> tuple[str, ...]:
    """The variables that a place in a stage names and whose values there are told by the build."""
    names = names_in(document.source.text[span.start : span.end])
    settings = (last_set_before(document, stage, name, span) for name in sorted(names))
    return tuple(one.name for one in settings if one and takes_argument(document, one))


def is_before_run(document: Document, variable: EnvVar) -> bool:
    """Whether a RUN stands behind the declaration of an argument, in its stage or upon it.

    Its history holds the values of all of them, used or not: `runCommandString` in
    frontend/dockerfile/dockerfile2llb/convert.go of BuildKit.
    """
    stage = enclosing_stage(document, variable.span)
    if stage is None:
        return False
    return document.derived(_last_runs).get(stage.index, -1) > variable.span.start


def _last_runs(document: Document) -> dict[int, int]:
    """Where the last RUN of a stage, or of one that is built upon it, begins, by stage."""
    found: dict[int, int] = {}
    for stage in reversed(stages(document)):
        own = (instruction.span.start for instruction in stage.of("RUN"))
        found[stage.index] = max((found.get(stage.index, -1), *own))
        if stage.base_stage is not None:
            below = found.get(stage.base_stage, -1)
            found[stage.base_stage] = max(below, found[stage.index])
    return found


def _told_by_builds(document: Document) -> frozenset[int]:
    """Where the ENV and ARG begin whose values a build tells, in whole or in part."""
    told: set[int] = set()
    for stage in stages(document):
        every = (variable for found in stage.variables.values() for variable in found)
        for variable in sorted(every, key=start_of):
            if isinstance(variable.value, Known):
                continue
            if variable.origin is EnvOrigin.ARG or any(
                one.span.start in told for one in _named(document, stage, variable)
            ):
                told.add(variable.span.start)
    return frozenset(told)


def _named(document: Document, stage: Stage, variable: EnvVar) -> Iterator[EnvVar]:
    """What has set the variables that an ENV names; what its own instruction sets is not seen."""
    at = bisect_right(stage.instructions, variable.span.start, key=start_of) - 1
    for name in names_in(document.written(variable.value_span)):
        setting = last_set_before(document, stage, name, stage.instructions[at].span)
        if setting is not None:
            yield setting
