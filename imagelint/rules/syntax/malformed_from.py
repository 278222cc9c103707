"""The rule `malformed-from`."""

from __future__ import annotations

from imagelint.documents.complaints import MalformedFrom
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    MalformedFrom,
    Severity.HIGH,
    references=("hadolint DL1000",),
    former=("invalid-instruction",),
)
def malformed_from(complaint: MalformedFrom, ctx: Context) -> Findings:
    """FROM has words that are not `AS name`.

    The build ends with "FROM requires either one or three arguments": an image, or an image, AS
    and a name. A comment at the end of the line is none, but more words.

    Bad:
        FROM golang:1.23 build

    Good:
        FROM golang:1.23 AS build
    """
    yield ctx.complaint(complaint)
