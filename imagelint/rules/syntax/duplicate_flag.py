"""The rule `duplicate-flag`."""

from __future__ import annotations

from imagelint.documents.complaints import DuplicateFlag
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    DuplicateFlag,
    Severity.HIGH,
    references=("hadolint DL1000",),
    former=("invalid-instruction",),
)
def duplicate_flag(complaint: DuplicateFlag, ctx: Context) -> Findings:
    """A flag is given twice.

    The build ends with "duplicate flag specified". Only `--mount`, `--exclude` and `--device` may
    be given several times.

    Bad:
        FROM alpine:3.20
        COPY --chmod=644 --chmod=755 server.py /app/

    Good:
        FROM alpine:3.20
        COPY --chmod=755 server.py /app/
    """
    yield ctx.complaint(complaint)
