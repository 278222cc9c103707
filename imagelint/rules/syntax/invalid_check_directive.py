"""The rule `invalid-check-directive`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidCheckDirective
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(InvalidCheckDirective, Severity.HIGH)
def invalid_check_directive(complaint: InvalidCheckDirective, ctx: Context) -> Findings:
    """The check directive has an option that BuildKit cannot read.

    The build ends with "failed to parse check options". `# check=` in the first lines takes `skip=`
    and `experimental=` with names of checks or `all`, and `error=` with true or false, with a
    semicolon between them (https://docs.docker.com/reference/dockerfile/#check).

    Bad:
        # check=skip=JSONArgsRecommended;error=maybe
        FROM alpine:3.20

    Good:
        # check=skip=JSONArgsRecommended;error=true
        FROM alpine:3.20
    """
    yield ctx.complaint(complaint)
