"""The rule `misspelt-directive`."""

from __future__ import annotations

from imagelint.documents.complaints import MisspeltDirective
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    MisspeltDirective,
    Severity.MEDIUM,
    references=("tally syntax-directive-typo",),
    former=("invalid-instruction",),
)
def misspelt_directive(complaint: MisspeltDirective, ctx: Context) -> Findings:
    """A comment in the first lines is nearly a parser directive.

    Nothing is refused, it is a comment like others: the file is read by another version of the
    language than was meant, or with the other escape character, and its paths of Windows lose
    their backslashes. A directive is written `# name=value`, and its names are syntax, escape and
    check.

    Bad:
        # syntax: docker/dockerfile:1
        FROM alpine:3.20

    Good:
        # syntax=docker/dockerfile:1
        FROM alpine:3.20
    """
    yield ctx.complaint(complaint)
