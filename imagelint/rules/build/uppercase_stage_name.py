"""The rule `uppercase-stage-name`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(Stage, Severity.INFO, references=("BuildKit StageNameCasing",))
def uppercase_stage_name(stage: Stage, ctx: Context) -> Findings:
    """The name of a stage has upper-case letters.

    Docker keeps the names of stages in lower case, and FROM finds them in no other: who copies the
    name as it is written gets an image of that name.

    Bad:
        FROM alpine:3.20 AS Base

    Good:
        FROM alpine:3.20 AS base
    """
    if not stage.name:
        return
    word = stage.instructions[0].words[2]
    if word.raw == word.raw.lower():
        return
    yield ctx.finding(
        word,
        f"the stage `{word.raw}` is called `{stage.name}`",
        help=f"write `{stage.name}`",
        subject=stage.name,
        fix=Fix("write it in lower case", (ctx.edit(word.span, stage.name),), safe=True),
    )
