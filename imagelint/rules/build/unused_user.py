"""The rule `unused-user`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.accounts import accounts, before_start
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.model import StartCommand


@rule(
    Stage,
    Severity.LOW,
    confidence=Confidence.LIKELY,
    references=("tally user-created-but-never-used",),
)
def unused_user(stage: Stage, ctx: Context) -> Findings:
    """The image creates a user and runs as root nevertheless.

    Somebody meant to run the server as that user: what is missing is USER, or it stands before
    another one.

    Except:
        Starts that are a script, or name the user (`gosu app serve`); daemons, whose users have no
        home; images that start nothing themselves, upon which others build (tally speaks of them).

    Bad:
        FROM debian:12.7
        RUN useradd -m -u 10001 app
        CMD ["serve"]

    Good:
        FROM debian:12.7
        RUN useradd -m -u 10001 app
        USER 10001
        CMD ["serve"]
    """
    if not stage.final or not _is_root(stage):
        return
    starts = [one for one in (stage.entrypoint, stage.cmd) if one is not None]
    if not starts or any(map(_is_script, starts)):
        return
    created = list(accounts(ctx.document, stage))
    if not created or any(_names(start, one.name) for start in starts for one in created):
        return
    last = created[-1]
    who, at = last.number or last.name, before_start(stage, last)
    yield ctx.finding(
        last.span,
        f"nothing runs as `{last.name}`: the image starts as root",
        help=f"end with `USER {who}`",
        subject=last.name,
        fix=Fix(f"run as {last.name}", (ctx.edit(at, f"USER {who}\n"),)) if at else None,
    )


def _is_root(stage: Stage) -> bool:
    user = stage.user
    if user.name is ABSENT:
        return True
    return isinstance(user.is_root, Known) and user.is_root.value


def _is_script(start: StartCommand) -> bool:
    """Whether a file is started that may change the user."""
    commands = start.script.commands if start.script else ()
    return any(
        word.text.endswith(".sh") or "entrypoint" in word.text
        for command in commands
        for word in command.words[:2]
    )


def _names(start: StartCommand, name: str) -> bool:
    return name in start.instruction.value
