"""The rule `duplicate-label`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.instructions import whole_lines
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.shell.script import Word


@rule(Stage, Severity.LOW, references=("tally labels/no-duplicate-keys",), keywords=("LABEL",))
def duplicate_label(stage: Stage, ctx: Context) -> Findings:
    """A stage sets a label twice.

    The last one counts. Whoever changes the first one wonders why the image does not show it.

    Bad:
        FROM alpine:3.20
        LABEL version=1.0
        LABEL version=1.1

    Good:
        FROM alpine:3.20
        LABEL version=1.1
    """
    last: dict[str, Word] = {}
    for instruction in reversed(stage.of("LABEL")):
        old = _is_old(instruction)
        for word in instruction.words[:1] if old else reversed(instruction.words):
            key = word.text.partition("=")[0] if isinstance(word.value, Known) else ""
            if not key or not (old or "=" in word.raw):
                continue
            if key not in last:
                last[key] = word
                continue
            yield ctx.finding(
                word,
                f"the label `{key}` is set again: this value is lost",
                help="remove one of them",
                notes=(ctx.note("this one counts", last[key]),),
                subject=key,
                fix=_without(instruction, ctx),
            )


def _is_old(instruction: Instruction) -> bool:
    """Whether an instruction is `LABEL <key> <value>`, without an equals sign."""
    return bool(instruction.words) and "=" not in instruction.words[0].raw


def _without(instruction: Instruction, ctx: Context) -> Fix | None:
    """The fix where the instruction sets nothing else."""
    if len(instruction.words) > 1 and not _is_old(instruction):
        return None
    edit = ctx.edit(whole_lines(ctx.document, instruction), "")
    return Fix("remove the one that is lost", (edit,), safe=True)
