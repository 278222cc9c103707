"""The rule `variable-in-from`."""

from __future__ import annotations

from imagelint.documents.complaints import VariableInFrom
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    VariableInFrom,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def variable_in_from(complaint: VariableInFrom, ctx: Context) -> Findings:
    """A stage or image to take files from is named by a variable.

    The build ends with "variable expansion is not supported for --from", or the same of `from` in
    a mount. A FROM of its own may have the variable, and gives what it names a name.

    Bad:
        FROM alpine:3.20
        ARG TOOLS=ghcr.io/astral-sh/uv:0.5.4
        COPY --from=$TOOLS /uv /usr/local/bin/

    Good:
        ARG TOOLS=ghcr.io/astral-sh/uv:0.5.4
        FROM $TOOLS AS tools
        FROM alpine:3.20
        COPY --from=tools /uv /usr/local/bin/
    """
    yield ctx.complaint(complaint)
