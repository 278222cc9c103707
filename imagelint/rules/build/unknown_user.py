"""The rule `unknown-user`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.stages import chain
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Document

# Where a target may bring `/etc/passwd` along.
_ROOTS = ("", "/", "/etc", "/etc/passwd", ".", "./")


@rule(Stage, Severity.MEDIUM, references=("tally named-identity-in-passwdless-stage",))
def unknown_user(stage: Stage, ctx: Context) -> Findings:
    """The image runs as a user of whom nothing in it has heard.

    A name is looked up in `/etc/passwd` when the container starts. An image from scratch has no
    such file: it ends with "unable to find user".

    Bad:
        FROM scratch
        COPY server /server
        USER app
        CMD ["/server"]

    Good:
        FROM scratch
        COPY server /server
        USER 10001
        CMD ["/server"]
    """
    name = stage.user.name
    if not stage.final or not isinstance(name, Known) or not name.value or name.value.isdecimal():
        return
    if name.value == "root" or not chain(ctx.document, stage)[-1].scratch:
        return
    if _may_have_users(ctx.document, stage):
        return
    yield ctx.finding(
        stage.user,
        f"there is no `/etc/passwd` in which `{name.value}` could be found",
        help="write a number: `USER 10001`",
        subject=name.value,
    )


def _may_have_users(document: Document, stage: Stage) -> bool:
    for part in chain(document, stage):
        if part.of("ADD", "RUN"):
            return True
        for instruction in part.of("COPY"):
            target = instruction.words[-1] if instruction.words else None
            if target is None or not isinstance(target.value, Known):
                return True
            if target.text.rstrip("/") in _ROOTS or "passwd" in instruction.value:
                return True
    return False
