"""The rule `pointless-command`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import run_scripts
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command

# The first nine are hadolint's.
_POINTLESS = frozenset(
    {"free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim"}
    | {"halt", "htop", "ifconfig", "nano", "poweroff", "reboot", "vi"}
)


# Without an init there is nobody whom it could ask: what it only writes down (`enable`) stays.
_SYSTEMCTL, _NOW = "systemctl", frozenset({"start", "restart", "reload", "stop", "isolate"})


@rule(
    Stage,
    Severity.LOW,
    references=("hadolint DL3001", "droast DF060"),
    programs=(*_POINTLESS, _SYSTEMCTL),
)
def pointless_command(stage: Stage, ctx: Context) -> Findings:
    """A step of the build runs what makes no sense there.

    Nobody sits before a build, so that editors and monitors wait for no one. Services that are
    started, processes that are ended and filesystems that are mounted are gone with the step: a
    layer keeps files, and nothing that runs.

    `systemctl start` finds no init that it could ask, and fails.

    Except: `kill` of what the step itself has started (`kill $!`, `kill %1`).

    Bad:
        FROM debian:12.7
        RUN service nginx start
        CMD ["serve"]

    Good:
        FROM debian:12.7
        CMD ["serve"]
    """
    for script in run_scripts(stage):
        for command in script.commands:
            asked = _asks_init(command)
            if asked or (command.program in _POINTLESS and not _ends_own(command)):
                yield ctx.finding(
                    command.words[0],
                    f"`{command.program}` does nothing that stays in the image",
                    help="remove it, or do it where the container starts",
                    subject=command.program,
                    references=() if asked else None,
                )


def _asks_init(command: Command) -> bool:
    """Whether a service is to be started or ended by an init that no build has."""
    return command.program == _SYSTEMCTL and any(
        word.text in _NOW for word in command.arguments[:2]
    )


def _ends_own(command: Command) -> bool:
    """Whether what is ended is named by a variable or as a job: a build knows no other number."""
    return command.program == "kill" and any(
        word.raw.strip('"').startswith(("$", "%", "`")) for word in command.arguments
    )
