"""The rule `stage-by-number`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.dockerfiles.instructions import in_case_of
from imagelint.documents.queries.stages import stages
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.model import Stage


@rule(Instruction, Severity.LOW, references=("droast DF023",), keywords=("COPY",))
def stage_by_number(instruction: Instruction, ctx: Context) -> Findings:
    """Files are copied from a stage by its number.

    A stage that is added above moves all numbers behind it, and the build goes on with the files
    of another one.

    Bad:
        FROM golang:1.23
        RUN go build -o /server ./cmd
        FROM debian:12.7
        COPY --from=0 /server /server

    Good:
        FROM golang:1.23 AS build
        RUN go build -o /server ./cmd
        FROM debian:12.7
        COPY --from=build /server /server
    """
    flag = instruction.flag("from")
    if flag is None or not isinstance(flag.value, Known) or not flag.text.isdecimal():
        return
    if int(flag.text[:6]) >= len(stages(ctx.document)):
        return
    yield ctx.finding(
        flag.value_span,
        f"stage {flag.text} is another one as soon as a stage is added above it",
        help="name the stage: `AS <name>`, and `--from=<name>`",
        subject=f"--from={flag.text}",
        fix=_named(stages(ctx.document), int(flag.text), flag.value_span, ctx),
    )


def _named(every: tuple[Stage, ...], number: int, place: Span, ctx: Context) -> Fix | None:
    """The fix that says the name of a stage, and gives it one where it has none."""
    stage = every[number]
    name = stage.name or ("build" if number == 0 else f"build-{number}")
    edit = ctx.edit(place, name)
    if stage.name:
        return Fix("say its name", (edit,))
    opening = stage.instructions[0]
    if any(other.name == name for other in every) or not opening.words:
        return None
    end = opening.words[-1].span.end
    word = in_case_of(ctx.text(opening.keyword_span), "AS")
    return Fix("name the stage", (ctx.edit(Span(end, end), f" {word} {name}"), edit))
