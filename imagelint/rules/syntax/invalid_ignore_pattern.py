"""The rule `invalid-ignore-pattern`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidIgnorePattern
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    InvalidIgnorePattern,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def invalid_ignore_pattern(complaint: InvalidIgnorePattern, ctx: Context) -> Findings:
    r"""A line of an ignore file is no pattern.

    The build ends with "syntax error in pattern" or "illegal exclusion pattern" before anything is
    sent. A bracket begins a set of characters and must be closed; an exclamation mark takes
    something back and needs to say what.

    Bad (.dockerignore):
        .git
        notes[draft.md

    Good (.dockerignore):
        .git
        notes\[draft.md
    """
    yield ctx.complaint(complaint)
