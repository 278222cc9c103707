"""The rule `unknown-stage`."""

from __future__ import annotations

from imagelint.documents.complaints import UnknownStage
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    UnknownStage,
    Severity.HIGH,
    references=("hadolint DL3022",),
    former=("invalid-instruction",),
)
def unknown_stage(complaint: UnknownStage, ctx: Context) -> Findings:
    """A stage is named that does not exist.

    The build ends with "invalid stage index", or takes the name for that of an image. Stages
    count from 0. `COPY --from` takes a number or a name in any case, a mount of RUN takes names
    only, and FROM finds a stage only by its name in lower case, however the name is written
    behind AS.

    Bad:
        FROM golang:1.23
        RUN go build -o /server ./cmd
        FROM debian:12.7
        COPY --from=2 /server /server

    Good:
        FROM golang:1.23
        RUN go build -o /server ./cmd
        FROM debian:12.7
        COPY --from=0 /server /server
    """
    yield ctx.complaint(complaint)
