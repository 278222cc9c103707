"""The rule `unclosed-quote`."""

from __future__ import annotations

from imagelint.documents.complaints import UnclosedQuote
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    UnclosedQuote,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def unclosed_quote(complaint: UnclosedQuote, ctx: Context) -> Findings:
    """A word has a quote that is never closed.

    The build ends with "unexpected end of statement while looking for matching" quote. ENV, LABEL,
    ARG, COPY and their like take quotes away as a shell would, and need both of a pair within the
    instruction: an apostrophe is one of them.

    Except: RUN, CMD and ENTRYPOINT leave their words to the shell.

    Bad:
        FROM alpine:3.20
        LABEL description="a server of large models

    Good:
        FROM alpine:3.20
        LABEL description="a server of large models"
    """
    yield ctx.complaint(complaint)
