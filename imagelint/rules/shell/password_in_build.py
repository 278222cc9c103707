"""The rule `password-in-build`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import flag_word, run_scripts
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command, Script

_WITH_OPTION = ("useradd", "usermod")
_LOCKED = ("!", "!!", "*", "x")


@rule(
    Stage,
    Severity.HIGH,
    references=("Checkov CKV2_DOCKER_17",),
    programs=("chpasswd", "passwd", *_WITH_OPTION),
)
def password_in_build(stage: Stage, ctx: Context) -> Findings:
    """A step of the build gives a user a password.

    It is the same in every container, readable in the history of the image or in its
    `/etc/shadow`, and nobody changes it. A container needs none: nobody logs in.

    Except: passwords that let nobody in (`!`, `*`), and those that the step draws at random
    (`openssl rand`, `pwgen`, `/dev/urandom`), which nobody can read there.

    Bad:
        FROM debian:12.7
        RUN useradd app && echo "app:app" | chpasswd

    Good:
        FROM debian:12.7
        RUN useradd app
    """
    for script in run_scripts(stage):
        for command in script.commands:
            if _sets_password(command, script):
                yield ctx.finding(
                    command.words[0],
                    f"`{command.program}` sets a password that every container has",
                    help="remove it: nobody logs into a container",
                    subject=command.program,
                )


def _sets_password(command: Command, script: Script) -> bool:
    from imagelint.documents.queries.secrets.random import is_random, piped_text

    match command.program:
        case "chpasswd":
            return not is_random(piped_text(command, script), script)
        case "passwd" if command.has_flag("-d", "--delete"):
            return True
        case "passwd":
            asked = command.stage > 0 or command.has_flag("--stdin")
            return asked and not is_random(piped_text(command, script), script)
        case program if program in _WITH_OPTION:
            value = flag_word(command, "-p", "--password")
            if value is None or value.text.rpartition("=")[2] in _LOCKED:
                return False
            return not is_random(value.raw, script)
        case _:
            return False
