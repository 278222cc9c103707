"""The rule `sudo-in-build`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import run_scripts, written_word
from imagelint.rules.api import Context, Findings, Severity, rule

_SUDO = "sudo"


@rule(
    Stage,
    Severity.MEDIUM,
    references=(
        "hadolint DL3004",
        "Trivy DS-0010",
        "Checkov CKV2_DOCKER_1",
        "Dockle DKL-DI-0001",
        "droast DF010",
        "dockerfilelint sudo_usage",
    ),
)
def sudo_in_build(stage: Stage, ctx: Context) -> Findings:
    """A step of the build runs `sudo`.

    A step runs as whom USER names, which is root as long as nobody does. What `sudo` runs has
    another environment, signals and terminal than the rest, and the program stays in the image for
    whoever breaks into it. One finding speaks for a script.

    Bad:
        FROM debian:12.7
        RUN sudo chown -R 10001 /srv

    Good:
        FROM debian:12.7
        RUN chown -R 10001 /srv
    """
    for script in run_scripts(stage):
        for command in script.commands:
            if _SUDO in command.wrappers or command.program == _SUDO:
                yield ctx.finding(
                    written_word(ctx.document, command, _SUDO),
                    f"`{command.program}` runs by way of sudo",
                    help="remove `sudo`, and do what needs root before the user is changed",
                    subject=command.program,
                )
                break
