"""The rule `invalid-stage-name`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidStageName
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    InvalidStageName,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def invalid_stage_name(complaint: InvalidStageName, ctx: Context) -> Findings:
    """The name of a stage has characters that it must not have.

    The build ends with "invalid name for build stage". A name begins with a letter, and letters,
    digits, dashes, dots and underscores may follow; a number is the position of a stage.

    Bad:
        FROM golang:1.23 AS 1st
        RUN go build -o /server ./cmd

    Good:
        FROM golang:1.23 AS first
        RUN go build -o /server ./cmd
    """
    yield ctx.complaint(complaint)
