"""The rule `secret-mount-missing`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import operands_of, run_scripts
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command

_LOGINS = (
    *("aws configure", "az login", "docker login", "gcloud auth login", "gh auth login"),
    *("hf auth login", "huggingface-cli login", "ngc config set", "npm login", "podman login"),
    *("wandb login",),
)


@dataclass(frozen=True)
class Options:
    """Which commands need a secret."""

    commands: tuple[str, ...] = field(
        default=_LOGINS,
        metadata={"doc": "programs with the words behind them that need a secret: `npm ci`"},
    )


@rule(
    Stage,
    Severity.MEDIUM,
    options=Options,
    references=("tally require-secret-mounts", "Trivy DS-0031"),
)
def secret_mount_missing(stage: Stage, ctx: Context, options: Options) -> Findings:
    """A step logs in, and no secret is mounted for it.

    The password comes from an ARG, an ENV or a file that was copied, all of which stay in the
    image, and what the program keeps of the login stays in the layer.

    Except: steps with a mount of a secret or of an SSH agent.

    Bad:
        FROM python:3.12.7-slim
        RUN huggingface-cli login --token "$(cat token)" && python fetch.py

    Good:
        FROM python:3.12.7-slim
        RUN --mount=type=secret,id=token,env=HF_TOKEN python fetch.py
    """
    wanted = tuple(tuple(one.split()) for one in options.commands)
    for script in run_scripts(stage):
        if any(mount.startswith(("secret:", "ssh:")) for mount in script.mounts):
            continue
        for command in script.of(*(one[0] for one in wanted if one)):
            words = _words(command)
            if any(words[: len(one)] == one for one in wanted):
                said = " ".join(next(one for one in wanted if words[: len(one)] == one))
                yield ctx.finding(
                    command.words[0],
                    f"`{said}` needs a secret, and none is mounted",
                    help="mount it for this step: `RUN --mount=type=secret,id=<name> …`",
                    subject=said,
                )


def _words(command: Command) -> tuple[str, ...]:
    return (command.program, *(word.text for word in operands_of(command)))
