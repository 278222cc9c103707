"""The rule `instruction-before-from`."""

from __future__ import annotations

from imagelint.documents.complaints import InstructionBeforeFrom
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    InstructionBeforeFrom,
    Severity.HIGH,
    references=(
        "hadolint DL3061",
        "tally require-stages",
        "droast DF037",
        "dockerfilelint from_first",
    ),
    former=("invalid-instruction",),
)
def instruction_before_from(complaint: InstructionBeforeFrom, ctx: Context) -> Findings:
    """The first instruction is not a FROM.

    The build ends with "no build stage in current context". An instruction changes the stage in
    which it stands, and a stage begins with FROM; only ARG may stand before the first one. Such
    files are often pieces that something else puts together. It is told once; hadolint tells each
    instruction.

    Bad:
        RUN apk add --no-cache curl
        FROM alpine:3.20

    Good:
        FROM alpine:3.20
        RUN apk add --no-cache curl
    """
    yield ctx.complaint(complaint)
