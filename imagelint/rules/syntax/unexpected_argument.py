"""The rule `unexpected-argument`."""

from __future__ import annotations

from imagelint.documents.complaints import UnexpectedArgument
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    UnexpectedArgument,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def unexpected_argument(complaint: UnexpectedArgument, ctx: Context) -> Findings:
    """An instruction has an argument that it does not take.

    The build ends with "HEALTHCHECK NONE takes no arguments". NONE switches off the check of the
    image below, and there is nothing to say about that.

    Bad:
        FROM alpine:3.20
        HEALTHCHECK NONE wget -q -O- http://localhost:8000/health

    Good:
        FROM alpine:3.20
        HEALTHCHECK NONE
    """
    yield ctx.complaint(complaint)
