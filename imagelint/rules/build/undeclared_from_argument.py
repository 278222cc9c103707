"""The rule `undeclared-from-argument`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.dockerfile.vocabulary import PLATFORM_ARGUMENTS
from imagelint.documents.queries.dockerfiles.references import (
    escape_of,
    nearest_name,
    references_in,
)
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.queries.dockerfiles.references import Reference

# frontend/dockerfile/dockerfile2llb/platform.go
_GIVEN = frozenset((*PLATFORM_ARGUMENTS, "BUILDOSVERSION", "TARGETOSVERSION", "TARGETSTAGE"))


@rule(Stage, Severity.MEDIUM, references=("BuildKit UndefinedArgInFrom",))
def undeclared_from_argument(stage: Stage, ctx: Context) -> Findings:
    """FROM uses a variable that no ARG declares above the first FROM.

    It is empty there, whatever `--build-arg` says. What a stage sets is not seen by the FROM of
    the next one.

    Bad:
        FROM alpine:3.20 AS base
        ARG VERSION=3.12.7
        FROM python:${VERSION}

    Good:
        ARG VERSION=3.12.7
        FROM alpine:3.20 AS base
        FROM python:${VERSION}
    """
    declared = ctx.document.arguments if isinstance(ctx.document, Dockerfile) else {}
    for reference in _references(stage, ctx):
        name = reference.name
        if name in declared or name in _GIVEN:
            continue
        near = nearest_name(name, (*declared, *_GIVEN))
        span = reference.span._replace(start=reference.span.end - len(name))
        yield ctx.finding(
            reference,
            f"no ARG above the first FROM declares `{name}`"
            + (f": did you mean `{near}`?" if near else ""),
            help=f"write `{near}`" if near else "declare it above the first FROM: `ARG <name>`",
            subject=name,
            fix=Fix(f"write {near}", (ctx.edit(span, near),)) if near else None,
        )


def _references(stage: Stage, ctx: Context) -> Iterator[Reference]:
    instruction = stage.instructions[0]
    escape = escape_of(ctx.document)
    for word in instruction.words[:1]:
        yield from references_in(word.raw, word.span.start, escape)
    flag = instruction.flag("platform")
    if flag is not None:
        yield from references_in(flag.raw, flag.span.start, escape)
