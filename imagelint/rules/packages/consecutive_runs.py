"""The rule `consecutive-runs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.source import Span
    from imagelint.documents.dockerfile.model import Instruction

_RUN = "RUN"


class _Keyword(NamedTuple):
    span: Span


@rule(Stage, Severity.INFO, references=("hadolint DL3059",), keywords=("RUN",))
def consecutive_runs(stage: Stage, ctx: Context) -> Findings:
    """Several RUN instructions stand in a row where one would do.

    Each makes a layer, and what a later one removes stays in the layer before. One RUN of several
    commands, or a here-document, is as readable. A matter of taste: builds are cached by
    instruction, which speaks for several.

    Except:
        Stages that are not shipped, whose layers are left behind
        (https://docs.docker.com/build/building/multi-stage/; hadolint tells of them too),
        instructions with other flags (`--mount`, `--network`), and RUNs of several commands, which
        have their place.

    Bad:
        FROM debian:12.7
        RUN mkdir /srv/app
        RUN chmod 750 /srv/app

    Good:
        FROM debian:12.7
        RUN mkdir /srv/app && chmod 750 /srv/app
    """
    if not stage.shipped:
        return
    sizes = {script.span.start: len(script.commands) for script in stage.scripts}
    first: Instruction | None = None
    for instruction in stage.instructions:
        if instruction.keyword != _RUN:
            first = None
        elif first is None or _is_apart(first, instruction) or _is_long(first, instruction, sizes):
            first = instruction
        else:
            yield ctx.finding(
                _Keyword(instruction.keyword_span),
                "this RUN could be one with the RUN before it",
                help="join them: `RUN … && …`",
                subject=stage.name or f"stage {stage.index}",
            )


def _is_apart(first: Instruction, second: Instruction) -> bool:
    """Whether the two are run in different ways."""
    return [flag.raw for flag in first.flags] != [flag.raw for flag in second.flags]


def _is_long(first: Instruction, second: Instruction, sizes: Mapping[int, int]) -> bool:
    """Whether one of the two holds several commands already, as its author wanted it."""
    return any(_size(one, sizes) > 1 for one in (first, second))


def _size(instruction: Instruction, sizes: Mapping[int, int]) -> int:
    within = range(instruction.span.start, instruction.span.end)
    return max((size for start, size in sizes.items() if start in within), default=0)
