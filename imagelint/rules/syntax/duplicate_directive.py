"""The rule `duplicate-directive`."""

from __future__ import annotations

from imagelint.documents.complaints import DuplicateDirective
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    DuplicateDirective,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def duplicate_directive(complaint: DuplicateDirective, ctx: Context) -> Findings:
    """A parser directive is given twice.

    The build ends with "only one … parser directive can be used". `# syntax=`, `# escape=` and
    `# check=` in the first lines tell it how to read the file, and each may stand there once.

    Bad:
        # syntax=docker/dockerfile:1
        # syntax=docker/dockerfile:1-labs
        FROM alpine:3.20

    Good:
        # syntax=docker/dockerfile:1-labs
        FROM alpine:3.20
    """
    yield ctx.complaint(complaint)
