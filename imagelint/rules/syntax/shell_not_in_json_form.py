"""The rule `shell-not-in-json-form`."""

from __future__ import annotations

from imagelint.documents.complaints import ShellNotInJsonForm
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    ShellNotInJsonForm,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def shell_not_in_json_form(complaint: ShellNotInJsonForm, ctx: Context) -> Findings:
    """SHELL has its words without brackets.

    The build ends with "SHELL requires the arguments to be in JSON form". Unlike RUN, CMD and
    ENTRYPOINT it has no shell form: which shell should read it?

    Bad:
        FROM alpine:3.20
        SHELL /bin/ash -euo pipefail -c

    Good:
        FROM alpine:3.20
        SHELL ["/bin/ash", "-euo", "pipefail", "-c"]
    """
    yield ctx.complaint(complaint)
