"""The rule `relinked-shell`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.instructions import whole_lines
from imagelint.documents.queries.dockerfiles.runscripts import operands_of, run_scripts
from imagelint.documents.shell.shells import base_name
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command, Script

_SH = ("/bin/sh", "/usr/bin/sh")
_PAIR = 2


@rule(Stage, Severity.LOW, references=("hadolint DL4005",), programs=("ln",))
def relinked_shell(stage: Stage, ctx: Context) -> Findings:
    """`/bin/sh` is made to lead to another shell.

    Scripts of packages count on the shell that their distribution has there, and an update of that
    package links it back. SHELL changes what runs the instructions, and nothing else.

    Bad:
        FROM debian:12.7
        RUN ln -sf /bin/bash /bin/sh

    Good:
        FROM debian:12.7
        SHELL ["/bin/bash", "-c"]
    """
    for script in run_scripts(stage):
        for command in script.commands:
            operands = operands_of(command) if command.program == "ln" else ()
            if len(operands) != _PAIR or operands[1].text not in _SH:
                continue
            shell = base_name(operands[0].text)
            if shell != "sh":
                yield ctx.finding(
                    command,
                    f"`{operands[1].text}` is {shell} from here on, for every script of the image",
                    help='use `SHELL ["/bin/…", "-c"]`',
                    subject=operands[1].text,
                    fix=_by_shell(stage, script, command, ctx),
                )


def _by_shell(stage: Stage, script: Script, command: Command, ctx: Context) -> Fix | None:
    """The fix where nothing else is done by the RUN."""
    instruction = stage.instruction_at(script.span.start)
    source = operands_of(command)[0].text
    if instruction is None or len(script.commands) > 1 or instruction.flags:
        return None
    if not source.startswith("/"):
        source = f"/bin/{source}"
    feed = "\n" if ctx.text(whole_lines(ctx.document, instruction)).endswith("\n") else ""
    text = f'SHELL ["{source}", "-c"]{feed}'
    edit = ctx.edit(whole_lines(ctx.document, instruction), text)
    return Fix("use SHELL", (edit,))
