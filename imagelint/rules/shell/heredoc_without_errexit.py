"""The rule `heredoc-without-errexit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import (
    letters,
    one_by_one,
    run_scripts,
    stops_at_failure,
)
from imagelint.documents.queries.stages import chain
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.model import HereDoc
    from imagelint.documents.shell.script import Script


@rule(Stage, Severity.MEDIUM, keywords=("RUN",))
def heredoc_without_errexit(stage: Stage, ctx: Context) -> Findings:
    """The script of a here-document goes on after a failure.

    The step fails only if its last command does. What failed before it is missing in the image,
    and nobody is told.

    Except:
        Scripts that say `set -e`, in their `#!` line too, or whose SHELL does; commands joined by
        `&&`.

    Bad:
        FROM debian:12.7
        RUN <<EOF
        make models
        make install
        EOF

    Good:
        FROM debian:12.7
        RUN <<EOF
        set -e
        make models
        make install
        EOF
    """
    for script in run_scripts(stage):
        body = _body(stage, script)
        first = next(one_by_one(script), None) if body else None
        if body is None or first is None or _stops(script, first.span) or _by_shell(stage, ctx):
            continue
        text = script.text
        at = script.span.start + (text.index("\n") + 1 if text.startswith("#!") else 0)
        indent = "\t" if body.chomp and text.startswith("\t") else ""
        yield ctx.finding(
            body,
            f"the script goes on when `{first.program or first.words[0].raw}` fails",
            help="begin it with `set -e`",
            subject=first.program,
            fix=Fix("begin it with set -e", (ctx.edit(Span(at, at), f"{indent}set -e\n"),)),
        )


def _body(stage: Stage, script: Script) -> HereDoc | None:
    """The here-document that is the script."""
    instruction = stage.instruction_at(script.span.start)
    bodies = instruction.heredocs if instruction else ()
    return next((one for one in bodies if one.content_span == script.span), None)


def _stops(script: Script, before: Span) -> bool:
    head, _, _ = script.text.partition("\n")
    if head.startswith("#!") and any(
        "e" in word.lstrip("-") for word in head.split()[1:] if word.startswith("-")
    ):
        return True
    return any(stops_at_failure(one) for one in script.commands if one.span.start < before.start)


def _by_shell(stage: Stage, ctx: Context) -> bool:
    for part in chain(ctx.document, stage):
        for instruction in reversed(part.of("SHELL")):
            return any("e" in letters(word) or word.text == "errexit" for word in instruction.words)
    return False
