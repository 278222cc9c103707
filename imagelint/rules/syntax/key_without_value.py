"""The rule `key-without-value`."""

from __future__ import annotations

from imagelint.documents.complaints import KeyWithoutValue
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    KeyWithoutValue,
    Severity.HIGH,
    references=("hadolint DL1000",),
    former=("invalid-instruction",),
)
def key_without_value(complaint: KeyWithoutValue, ctx: Context) -> Findings:
    """A word of ENV or LABEL has no equals sign.

    The build ends with "can't find = in" the word. ENV and LABEL take one or more pairs,
    `name=value`, or one name and one value with a blank between them. A value with a blank in it
    that is not in quotes is the usual cause.

    Bad:
        FROM alpine:3.20
        ENV MODEL=Qwen3 8B

    Good:
        FROM alpine:3.20
        ENV MODEL="Qwen3 8B"
    """
    yield ctx.complaint(complaint)
