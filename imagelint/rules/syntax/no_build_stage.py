"""The rule `no-build-stage`."""

from __future__ import annotations

from imagelint.documents.complaints import NoBuildStage
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    NoBuildStage,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def no_build_stage(complaint: NoBuildStage, ctx: Context) -> Findings:
    """The file has ARG instructions and no stage.

    The build ends with "dockerfile contains no stages to build". ARG may stand before the first
    FROM, but something must be built.

    Bad:
        ARG VERSION=3.20

    Good:
        ARG VERSION=3.20
        FROM alpine:${VERSION}
    """
    yield ctx.complaint(complaint)
