"""The rule `invalid-flag-value`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidFlagValue
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    InvalidFlagValue,
    Severity.HIGH,
    references=("hadolint DL1000",),
    former=("invalid-instruction",),
)
def invalid_flag_value(complaint: InvalidFlagValue, ctx: Context) -> Findings:
    """A flag has no value, or one that it does not take.

    The build ends with "missing a value on flag", "invalid duration", "invalid chmod parameter",
    "unsupported digest" and the like. A flag and its value are one word: `--chown=1000:1000`, not
    `--chown 1000:1000`, and a duration has a unit.

    Bad:
        FROM alpine:3.20
        HEALTHCHECK --interval=30 CMD wget -q -O- http://localhost:8000/health

    Good:
        FROM alpine:3.20
        HEALTHCHECK --interval=30s CMD wget -q -O- http://localhost:8000/health
    """
    yield ctx.complaint(complaint)
