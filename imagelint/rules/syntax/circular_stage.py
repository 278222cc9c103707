"""The rule `circular-stage`."""

from __future__ import annotations

from imagelint.documents.complaints import CircularStage
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    CircularStage,
    Severity.HIGH,
    references=(
        "hadolint DL3022",
        "hadolint DL3023",
        "Trivy DS-0006",
        "droast DF050",
        "tally circular-stage-deps",
    ),
    former=("invalid-instruction",),
)
def circular_stage(complaint: CircularStage, ctx: Context) -> Findings:
    """A stage takes files from itself, or from a stage that is made of it.

    The build ends with "circular dependency detected on stage", or says that the stage must be
    defined before. Nothing can be built first in such a circle.

    Bad:
        FROM golang:1.23 AS build
        COPY --from=build /src /src

    Good:
        FROM golang:1.23 AS sources
        COPY src /src
        FROM golang:1.23 AS build
        COPY --from=sources /src /src
    """
    yield ctx.complaint(complaint)
