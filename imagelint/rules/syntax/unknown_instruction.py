"""The rule `unknown-instruction`."""

from __future__ import annotations

from imagelint.documents.complaints import UnknownInstruction
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    UnknownInstruction,
    Severity.HIGH,
    references=(
        "hadolint DL1000",
        "tally unknown-instruction",
        "tally invalid-onbuild-trigger",
        "dockerfilelint invalid_command",
    ),
    former=("invalid-instruction",),
)
def unknown_instruction(complaint: UnknownInstruction, ctx: Context) -> Findings:
    """A line begins with a word that is no instruction of a Dockerfile.

    The build ends there with "unknown instruction". Most of these are slips of the keyboard, or
    the next line of a RUN whose last line lost its backslash. The rest of the file is examined.

    Except: of several such lines in a row the first is reported, and those that resemble an
    instruction; they are rather one command that is not continued.

    Bad:
        FROM alpine:3.20
        RUNN apk add --no-cache curl

    Good:
        FROM alpine:3.20
        RUN apk add --no-cache curl
    """
    yield ctx.complaint(complaint)
