"""The rule `inconsistent-keyword-case`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.vocabulary import KEYWORDS
from imagelint.rules.api import Context, Finding, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.source import Span

_WITH_NAME = 3


@rule(
    Dockerfile,
    Severity.INFO,
    references=(
        "BuildKit ConsistentInstructionCasing",
        "BuildKit FromAsCasing",
        "dockerfilelint uppercase_commands",
    ),
)
def inconsistent_keyword_case(dockerfile: Dockerfile, ctx: Context) -> Findings:
    """A keyword is written in another case than most of the file.

    Case means nothing in a keyword. Where all of them are alike, a reader finds them at once; AS
    goes with the FROM in front of it.

    Bad:
        FROM alpine:3.20 as base
        RUN true
        run false

    Good:
        FROM alpine:3.20 AS base
        RUN true
        RUN false
    """
    every = (one for stage in dockerfile.stages for one in stage.instructions)
    spans = [one.keyword_span for one in every if one.keyword in KEYWORDS]
    written = [ctx.text(span) for span in spans]
    lower = sum(map(str.islower, written)) > sum(map(str.isupper, written))
    for span, keyword in zip(spans, written, strict=True):
        wanted = keyword.lower() if lower else keyword.upper()
        if keyword != wanted:
            yield _finding(span, wanted, "most of the file is", _KEYWORDS, ctx)
    for stage in dockerfile.stages:
        instruction = stage.instructions[0]
        keyword, words = ctx.text(instruction.keyword_span), instruction.words
        if len(words) != _WITH_NAME or not (keyword.islower() or keyword.isupper()):
            continue
        wanted = words[1].raw.lower() if keyword.islower() else words[1].raw.upper()
        if words[1].raw != wanted:
            yield _finding(words[1].span, wanted, "its FROM is", _AS, ctx)


_KEYWORDS = ("BuildKit ConsistentInstructionCasing", "dockerfilelint uppercase_commands")
_AS = ("BuildKit FromAsCasing",)


def _finding(
    span: Span, wanted: str, other: str, references: tuple[str, ...], ctx: Context
) -> Finding:
    case = "lower" if wanted.islower() else "upper"
    return ctx.finding(
        span,
        f"`{ctx.text(span)}` is not in {case} case, as {other}",
        help=f"write `{wanted}`",
        subject=wanted.upper(),
        references=references,
        fix=Fix(f"write it in {case} case", (ctx.edit(span, wanted),), safe=True),
    )
