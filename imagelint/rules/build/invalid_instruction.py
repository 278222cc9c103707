"""The rule `invalid-instruction`."""

from __future__ import annotations

from imagelint.documents.base import Complaint
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Complaint,
    Severity.HIGH,
    references=("hadolint DL1000", "hadolint DL3061"),
)
def invalid_instruction(complaint: Complaint, ctx: Context) -> Findings:
    """A part of the file is not what its reader expects.

    The build refuses such a file, or silently takes the line for something else. The rest of
    the file is examined nevertheless. In ignore files and requirements files it is a line that
    Docker or pip cannot read.

    Bad:
        FROM alpine:3.20
        RUNN apk add --no-cache curl

    Good:
        FROM alpine:3.20
        RUN apk add --no-cache curl
    """
    yield ctx.finding(complaint, complaint.message, help=complaint.help)
