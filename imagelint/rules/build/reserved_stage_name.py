"""The rule `reserved-stage-name`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Context, Findings, Severity, rule

_RESERVED = {"scratch": "the empty image", "context": "the build context"}


@rule(
    Stage,
    Severity.MEDIUM,
    references=("hadolint DL3063", "BuildKit ReservedStageName"),
)
def reserved_stage_name(stage: Stage, ctx: Context) -> Findings:
    """A stage is called `scratch` or `context`, which mean something already.

    Who builds upon it, or copies from it, gets the empty image or the build context, or the stage,
    as the builder sees fit.

    Bad:
        FROM alpine:3.20 AS scratch

    Good:
        FROM alpine:3.20 AS base
    """
    if stage.name in _RESERVED:
        yield ctx.finding(
            stage.instructions[0].words[2],
            f"`{stage.name}` is the name of {_RESERVED[stage.name]}",
            help="choose another name",
            subject=stage.name,
        )
