"""The rule `legacy-key-value`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.model import Instruction

_PAIR = 2


@rule(
    Stage,
    Severity.LOW,
    references=("BuildKit LegacyKeyValueFormat", "dockerfilelint label_invalid"),
    keywords=("ENV", "LABEL"),
)
def legacy_key_value(stage: Stage, ctx: Context) -> Findings:
    """ENV or LABEL is written in its old form, without an equals sign.

    `ENV name value` takes all that follows for the value: who adds a second variable to the line
    makes it a part of the first. The form is deprecated.

    Bad:
        FROM alpine:3.20
        ENV GREETING good morning

    Good:
        FROM alpine:3.20
        ENV GREETING="good morning"
    """
    for instruction in stage.of("ENV", "LABEL"):
        words = instruction.words
        if len(words) != _PAIR or "=" in words[0].raw:
            continue
        yield ctx.finding(
            Span(words[0].span.start, words[1].span.end),
            f"`{instruction.keyword} <name> <value>` is the old form",
            help="put an equals sign between them: `<name>=<value>`",
            subject=words[0].raw,
            fix=_with_equals(instruction, ctx),
        )


def _with_equals(instruction: Instruction, ctx: Context) -> Fix | None:
    """The fix; none where the value would mean something else."""
    name, value = instruction.words
    text = value.raw.rstrip()
    if any(mark in text for mark in "\\\n"):
        return None
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    if quoted and text[0] not in text[1:-1]:
        written = text
    elif "'" in text or '"' in text:
        return None
    else:
        written = f'"{text}"' if any(map(str.isspace, text)) else text
    span = Span(name.span.end, value.span.end)
    return Fix("write an equals sign", (ctx.edit(span, f"={written}"),), safe=True)
