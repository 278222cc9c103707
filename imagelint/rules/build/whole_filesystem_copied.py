"""The rule `whole-filesystem-copied`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Instruction
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Instruction,
    Severity.LOW,
    references=("hadolint DL3067", "droast DF026"),
    keywords=("COPY",),
)
def whole_filesystem_copied(instruction: Instruction, ctx: Context) -> Findings:
    """The whole filesystem of another stage is copied.

    Its compilers, caches and settings come along, so that the second stage saves nothing, and all
    of it is one layer that no other image shares.

    Bad:
        FROM golang:1.23 AS build
        RUN go build -o /server ./cmd
        FROM debian:12.7
        COPY --from=build / /

    Good:
        FROM golang:1.23 AS build
        RUN go build -o /server ./cmd
        FROM debian:12.7
        COPY --from=build /server /server
    """
    if instruction.flag("from") is None or not instruction.words:
        return
    *sources, target = instruction.words
    for source in sources:
        if source.text == "/" and target.text == "/":
            yield ctx.finding(
                source,
                "everything of another stage is copied over the root",
                help="copy what is needed, and nothing else",
                subject=instruction.value,
            )
