"""The rule `keyword-in-script`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.dockerfile.vocabulary import KEYWORDS
from imagelint.documents.queries.dockerfiles.runscripts import run_scripts
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command


@rule(Stage, Severity.MEDIUM)
def keyword_in_script(stage: Stage, ctx: Context) -> Findings:
    r"""A script runs a program that is called like an instruction.

    `&& RUN …` is left over where two instructions were put together. The shell looks for a program
    called RUN, finds none, and the build ends there; behind `||` or `;` it even goes on.

    Bad:
        FROM debian:12.7
        RUN ./configure \
            && RUN ./install --prefix /srv

    Good:
        FROM debian:12.7
        RUN ./configure \
            && ./install --prefix /srv
    """
    for script in run_scripts(stage):
        for command in script.commands:
            if command.words and command.words[0].raw in KEYWORDS:
                word = command.words[0]
                yield ctx.finding(
                    word,
                    f"the shell runs a program called `{word.raw}`, which there is not",
                    help=f"remove `{word.raw}`; what is an instruction begins a line of its own",
                    subject=word.raw,
                    fix=_without(command, ctx),
                )


def _without(command: Command, ctx: Context) -> Fix | None:
    """The fix for RUN; what comes of other instructions is for their author to say."""
    if command.words[0].raw != "RUN" or len(command.words) == 1 or command.nested:
        return None
    span = Span(command.words[0].span.start, command.words[1].span.start)
    return Fix("remove RUN", (ctx.edit(span, ""),))
