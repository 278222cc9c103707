"""The rule `empty-dockerfile`."""

from __future__ import annotations

from imagelint.documents.complaints import EmptyDockerfile
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    EmptyDockerfile,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def empty_dockerfile(complaint: EmptyDockerfile, ctx: Context) -> Findings:
    """The file holds no instruction.

    The build ends with "file with no instructions". An empty file, or one of comments only, is
    often what is left of a template, or a placeholder that a pipeline builds by mistake.

    Bad:
        # FROM alpine:3.20

    Good:
        FROM alpine:3.20
    """
    yield ctx.complaint(complaint)
