"""The rule `bad-substitution`."""

from __future__ import annotations

from imagelint.documents.complaints import BadSubstitution
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    BadSubstitution,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def bad_substitution(complaint: BadSubstitution, ctx: Context) -> Findings:
    """A dollar with a brace is followed by what cannot be expanded.

    The build ends with "bad substitution", "unsupported modifier" or "missing '}'". It expands
    variables by itself, without a shell: `${A}`, `${A:-b}`, `${A:+b}`, `${A:?b}`, `${A#b}`,
    `${A%b}` and `${A/b/c}`, but not `${A^^}`, `${A:0:4}` or whatever else a shell can do.

    The same holds for a file that COPY writes from a here-document, unless its name is in quotes.

    Except: RUN, CMD and ENTRYPOINT leave their words to the shell.

    Bad:
        FROM alpine:3.20
        ARG REVISION=0123456789abcdef
        LABEL revision=${REVISION:0:7}

    Good:
        FROM alpine:3.20
        ARG REVISION=0123456
        LABEL revision=${REVISION}
    """
    yield ctx.complaint(complaint)
