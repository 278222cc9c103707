"""The rule `blank-name`."""

from __future__ import annotations

from imagelint.documents.complaints import BlankName
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    BlankName,
    Severity.HIGH,
    references=("hadolint DL1000",),
    former=("invalid-instruction",),
)
def blank_name(complaint: BlankName, ctx: Context) -> Findings:
    """A word of ENV, ARG or LABEL has no name.

    The build ends with "names can not be blank". Blanks around the equals sign are the usual
    cause: `ARG VERSION = 1.2` declares VERSION without a value, and then something without a
    name.

    Bad:
        FROM alpine:3.20
        ARG VERSION =1.2

    Good:
        FROM alpine:3.20
        ARG VERSION=1.2
    """
    yield ctx.complaint(complaint)
