"""The rule `pipe-without-pipefail`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import own_scripts
from imagelint.documents.queries.stages import chain
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command, Script

_OPTION = "pipefail"
_SAYING = frozenset(("echo", "printf", "yes"))


@rule(Stage, Severity.LOW, references=("hadolint DL4006", "droast DF057"))
def pipe_without_pipefail(stage: Stage, ctx: Context) -> Findings:
    """A failure in front of a pipe is lost.

    A shell asks only the last command of a pipe whether it worked: a download that breaks off, and
    is piped into `tar` or `jq`, gives an image with half of it, and the build goes on. One finding
    speaks for a script.

    Except:
        Scripts of ONBUILD; scripts that say `set -o pipefail` themselves, in whatever shell, or in
        their `#!` line; stages whose SHELL says it, or that are built upon one whose SHELL does
        (hadolint forgets that one). A `sh` that is given the option has it, as POSIX.1-2024 wants,
        or ends the build as one that does not know it: hadolint believes only bash, zsh and ash.
        Nor are `echo`, `printf` and `yes` told before a pipe, of which hadolint tells: they do not
        fail, and `yes` would by the option.

    Bad:
        FROM debian:12.7
        RUN sort words.txt | uniq > list.txt

    Good:
        FROM debian:12.7
        SHELL ["/bin/bash", "-o", "pipefail", "-c"]
        RUN sort words.txt | uniq > list.txt
    """
    fix: Fix | None = None
    for script in own_scripts(stage):
        piped = _piped(script)
        if piped is None or _said(script) or _by_shell(stage, script, ctx):
            continue
        before = ctx.text(Span(script.span.start, piped.span.start)).rfind("|")
        start = script.span.start + before if before >= 0 else piped.span.start
        fix = fix or _with_shell(stage, script, ctx)
        yield ctx.finding(
            Span(start, start + 1),
            f"whether what comes before `{piped.program or '|'}` fails, nobody asks",
            help='say it for all: `SHELL ["/bin/…", "-o", "pipefail", "-c"]`',
            subject=piped.program,
            fix=fix,
        )


def _piped(script: Script) -> Command | None:
    """The first command behind a pipe, in the script itself, before which one may fail."""
    own = [one for one in script.commands if not one.nested]
    before = {(one.pipe, one.stage + 1): one.program for one in own}
    return next(
        (one for one in own if one.stage > 0 and before.get((one.pipe, one.stage)) not in _SAYING),
        None,
    )


def _said(script: Script) -> bool:
    if script.text.startswith("#!") and _OPTION in script.text.partition("\n")[0]:
        return True
    return any(
        _OPTION in (word.text for word in command.arguments)
        for command in script.of("set", "shopt")
    )


def _by_shell(stage: Stage, script: Script, ctx: Context) -> bool:
    """Whether the SHELL in force, or the JSON form of the RUN, says it; or is none of POSIX."""
    own = stage.instruction_at(script.span.start)
    if own is not None and own.json:
        return _OPTION in own.value
    for part in chain(ctx.document, stage):
        for instruction in reversed(part.of("SHELL")):
            if part is not stage or instruction.span.end <= script.span.start:
                return _OPTION in instruction.arguments
    return False


def _with_shell(stage: Stage, script: Script, ctx: Context) -> Fix | None:
    instruction = stage.instruction_at(script.span.start)
    if instruction is None or instruction.json:  # which does not ask for the SHELL
        return None
    root = stage.root_image.text if stage.root_image else ""
    alpine = "alpine" in root or "busybox" in root
    words = '"/bin/ash", "-o"' if alpine else '"/bin/bash", "-o"'
    start = Span(instruction.span.start, instruction.span.start)
    edit = ctx.edit(start, f'SHELL [{words}, "pipefail", "-c"]\n')
    return Fix("say it for all that follows", (edit,))
