"""The rule `unused-stage`."""

from __future__ import annotations

from imagelint.deployment.builds import stages_asked_for
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.stages import base_word
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Stage, Severity.LOW, references=("tally no-unreachable-stages",))
def unused_stage(stage: Stage, ctx: Context) -> Findings:
    """Nothing in the file uses a stage.

    BuildKit does not build it: its tests do not run, what it fetches is not there. Mostly a
    `COPY --from` was removed, or names another stage.

    Except:
        The last stage, and those that it is made of; the same of stages that a compose file, a
        bake file or a script builds as a target. A stage with a name may be what another
        `docker build --target` asks for, so that of it the finding is only likely.

    Bad:
        FROM golang:1.23
        RUN go test ./...
        FROM debian:12.7
        COPY server /server

    Good:
        FROM golang:1.23 AS build
        RUN go test ./... && go build -o /server ./cmd
        FROM debian:12.7
        COPY --from=build /server /server
    """
    if stage.used or _is_asked_for(stage, ctx):
        return
    name = f"`{stage.name}`" if stage.name else f"number {stage.index}"
    yield ctx.finding(
        base_word(ctx.document, stage),
        f"the stage {name} is not built: nothing uses it",
        help="remove it, or use it",
        subject=stage.name or str(stage.index),
        confidence=Confidence.LIKELY if stage.name else None,
    )


def _is_asked_for(stage: Stage, ctx: Context) -> bool:
    """Whether a build of the run ends with a stage, needs it, or may end with any."""
    if not isinstance(ctx.document, Dockerfile):
        return False
    asked = stages_asked_for(ctx.document, ctx.project)
    return asked is None or stage.index in asked
