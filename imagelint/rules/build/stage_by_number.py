"""The rule `stage-by-number`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.stages import stages
from imagelint.rules.api import Context, Findings, Severity, rule


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
    )
