"""The rule `kill-signal`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Instruction
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

_UNCAUGHT = frozenset(("SIGKILL", "KILL", "9", "SIGSTOP", "STOP", "19"))


@rule(
    Instruction,
    Severity.LOW,
    references=("tally no-ungraceful-stopsignal",),
    keywords=("STOPSIGNAL",),
)
def kill_signal(instruction: Instruction, ctx: Context) -> Findings:
    """The container is stopped without a chance to finish what it is doing.

    SIGKILL and SIGSTOP cannot be caught: a server drops every generation that is running, and its
    clients see a broken connection, at each roll-out.

    Bad:
        FROM alpine:3.20
        STOPSIGNAL SIGKILL

    Good:
        FROM alpine:3.20
        STOPSIGNAL SIGTERM
    """
    for word in instruction.words:
        if isinstance(word.value, Known) and word.text.upper() in _UNCAUGHT:
            yield ctx.finding(
                word,
                f"{word.text} cannot be caught",
                help="write `SIGTERM`",
                subject=word.text,
                fix=Fix("write SIGTERM", (ctx.edit(word.span, "SIGTERM"),)),
            )
