"""The rule `invalid-escape-directive`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidEscapeDirective
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    InvalidEscapeDirective,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def invalid_escape_directive(complaint: InvalidEscapeDirective, ctx: Context) -> Findings:
    """The escape directive names neither a backslash nor a backtick.

    The build ends with "invalid escape token". `# escape=` chooses what carries a line on and takes
    the meaning of the next character away: a backslash, or a backtick for paths of Windows.

    Bad:
        # escape=^
        FROM alpine:3.20

    Good:
        # escape=`
        FROM alpine:3.20
    """
    yield ctx.complaint(complaint)
