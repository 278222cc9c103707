"""The rule `named-user`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.accounts import accounts
from imagelint.documents.queries.stages import is_windows
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(Stage, Severity.LOW, references=("hadolint DL3066",))
def named_user(stage: Stage, ctx: Context) -> Findings:
    """The image runs as a user with a name and not a number.

    Kubernetes cannot tell from a name that it is not root: a pod with `runAsNonRoot` does not
    start. The number also is what owns the files of a volume.

    Except:
        All but the last USER of the final stage, names in a variable without a value, `root` (of
        which `root-user` speaks). hadolint tells of all of them; only the last one is the image's
        `User`, which is what a pod is started as
        (https://github.com/opencontainers/image-spec/blob/main/config.md).

    Bad:
        FROM debian:12.7
        RUN useradd -u 10001 app
        USER app

    Good:
        FROM debian:12.7
        RUN useradd -u 10001 app
        USER 10001
    """
    name = stage.user.name
    if not stage.final or is_windows(stage) or not isinstance(name, Known):
        return
    if name.value in ("", "root") or name.value.isdecimal():
        return
    numbers = {one.name: one.number for one in accounts(ctx.document, stage) if one.number}
    number = numbers.get(name.value, "")
    span = Span(stage.user.span.start, stage.user.span.start + len(name.value))
    exact = ctx.text(span) == name.value
    yield ctx.finding(
        stage.user,
        f"`{name.value}` is a name: Kubernetes cannot tell that it is not root",
        help=f"write its number: `USER {number or '<number>'}`",
        subject=name.value,
        fix=Fix("write its number", (ctx.edit(span, number),)) if number and exact else None,
    )
