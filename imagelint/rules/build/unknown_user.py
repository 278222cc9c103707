"""The rule `unknown-user`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.stages import chain
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.core.fact import Fact
    from imagelint.documents.dockerfile.model import Instruction

# Where a target may bring `/etc/passwd` and `/etc/group` along.
_ROOTS = ("", "/", "/etc", ".", "./")
_FILES = ("passwd", "group")


@rule(Stage, Severity.MEDIUM, references=("tally named-identity-in-passwdless-stage",))
def unknown_user(stage: Stage, ctx: Context) -> Findings:
    """A name stands for a user of whom nothing in the image has heard.

    A name is looked up in `/etc/passwd` when the container starts, that of a group in `/etc/group`.
    An image from scratch has no such files: it ends with "unable to find user". `COPY --chown` with
    a name that is not found says nothing, and what it copies belongs to root
    (https://github.com/moby/buildkit, solver/llbsolver/ops/user_linux.go).

    Except: stages that are not shipped, and those into which the files may have been copied.

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
    below = chain(ctx.document, stage)
    if not stage.shipped or not below[-1].scratch:
        return
    earlier = [one for part in below[:0:-1] for one in part.instructions]
    yield from _of_copies(stage, earlier, ctx)
    every = [*earlier, *stage.instructions]
    names = zip(_FILES, (stage.user.name, stage.user.group), strict=True)
    for file, name in names if stage.final else ():
        if _is_name(name) and isinstance(name, Known) and not _may_bring(every, file):
            yield ctx.finding(
                stage.user,
                f"there is no `/etc/{file}` in which `{name.value}` could be found",
                help="write a number: `USER 10001`",
                subject=name.value,
            )
            return


def _of_copies(stage: Stage, earlier: Iterable[Instruction], ctx: Context) -> Findings:
    """Who is to own what is copied, as long as nothing has brought the file of the names."""
    absent = [file for file in _FILES if not _may_bring(earlier, file)]
    for instruction in stage.instructions if absent else ():
        flag = instruction.flag("chown")
        if flag is not None and isinstance(flag.value, Known):
            owner, _, group = flag.text.partition(":")
            for file, name in zip(_FILES, (owner, group), strict=True):
                if file in absent and _is_name(Known(name)):
                    yield ctx.finding(
                        flag.value_span,
                        f"there is no `/etc/{file}` in which `{name}` could be found: root owns it",
                        help="write a number: `--chown=10001`",
                        subject=name,
                    )
                    break
        absent = [file for file in absent if not _brings(instruction, file)]


def _is_name(name: Fact[str]) -> bool:
    known = name.value if isinstance(name, Known) else ""
    return bool(known) and not known.isdecimal() and known != "root"


def _may_bring(instructions: Iterable[Instruction], file: str) -> bool:
    return any(_brings(instruction, file) for instruction in instructions)


def _brings(instruction: Instruction, file: str) -> bool:
    """Whether an instruction may bring a file of `/etc` along."""
    if instruction.keyword in ("ADD", "RUN"):
        return True
    if instruction.keyword != "COPY":
        return False
    target = instruction.words[-1] if instruction.words else None
    if target is None or not isinstance(target.value, Known):
        return True
    return target.text.rstrip("/") in _ROOTS or file in instruction.value
