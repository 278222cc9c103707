"""The rule `redundant-platform`."""

from __future__ import annotations

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

_TARGET = pattern(r"\$(?:TARGETPLATFORM|\{TARGETPLATFORM(?::?-[^{}]*)?\})")


@rule(
    Stage,
    Severity.LOW,
    references=("hadolint DL3065", "BuildKit RedundantTargetPlatform"),
)
def redundant_platform(stage: Stage, ctx: Context) -> Findings:
    """FROM asks for the platform that it would take anyway.

    `$TARGETPLATFORM` is the default. To write it says nothing, and hides the stages where
    another platform is meant.

    Bad:
        FROM --platform=$TARGETPLATFORM alpine:3.20

    Good:
        FROM alpine:3.20
    """
    instruction = stage.instructions[0]
    flag = instruction.flag("platform")
    if flag is None or not _TARGET.fullmatch(flag.written):
        return
    behind = min((one.span.start for one in instruction.words), default=flag.span.end)
    end = flag.span.end
    while end < behind and ctx.text(Span(end, end + 1)) in " \t":
        end += 1
    yield ctx.finding(
        flag,
        f"{flag.written} is what FROM takes without being told",
        help="remove it",
        subject=flag.written,
        fix=Fix("remove it", (ctx.edit(Span(flag.span.start, end), ""),), safe=True),
    )
