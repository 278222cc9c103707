"""The rule `duplicate-stage-name`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.stages import stages
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Document


@rule(
    Stage,
    Severity.HIGH,
    references=(
        "hadolint DL3024",
        "BuildKit DuplicateStageName",
        "Trivy DS-0012",
        "Checkov CKV_DOCKER_11",
        "droast DF042",
    ),
)
def duplicate_stage_name(stage: Stage, ctx: Context) -> Findings:
    """Two stages have one name.

    Whoever names it gets the last one before it, or behind it, as the case may be: a stage that is
    added in between changes what is copied without a word. Case makes no difference.

    Bad:
        FROM golang:1.23 AS build
        FROM rust:1.82 AS build

    Good:
        FROM golang:1.23 AS build-go
        FROM rust:1.82 AS build-rust
    """
    if not stage.name:
        return
    first = ctx.document.derived(_first_of_name)[stage.name]
    if first.index == stage.index:
        return
    yield ctx.finding(
        stage.instructions[0].words[2],
        f"another stage is called `{stage.name}` as well",
        help="give each stage a name of its own",
        notes=(ctx.note("the first of that name", first.instructions[0].words[2]),),
        subject=stage.name,
    )


def _first_of_name(document: Document) -> dict[str, Stage]:
    return {stage.name: stage for stage in reversed(stages(document))}
