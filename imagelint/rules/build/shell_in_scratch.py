"""The rule `shell-in-scratch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.stages import built_upon_nothing
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.model import Instruction

# https://docs.docker.com/reference/dockerfile/#run---mount
_WITHOUT_PROGRAMS = frozenset(("secret", "ssh", "tmpfs"))


@rule(Stage, Severity.HIGH, references=("tally shell-run-in-scratch",), keywords=("RUN",))
def shell_in_scratch(stage: Stage, ctx: Context) -> Findings:
    """A step runs in an image in which there is no program.

    An image from scratch is empty: there is no shell for RUN, and the build ends with "no such
    file or directory".

    Except: steps behind a COPY or ADD, or with a mount of files, which may bring programs along.

    Bad:
        FROM scratch
        RUN mkdir /models
        COPY model.gguf /models/

    Good:
        FROM scratch
        COPY model.gguf /models/
    """
    if stage.index not in ctx.document.derived(built_upon_nothing):
        return
    for instruction in stage.instructions:
        if instruction.keyword in ("ADD", "COPY") or _has_mount(instruction):
            return
        if instruction.keyword == "RUN":
            yield ctx.finding(
                instruction.keyword_span,
                "nothing can run here: an image from scratch is empty",
                help="do it in a stage before, and copy what comes of it",
                subject=instruction.value,
            )
            return


def _has_mount(instruction: Instruction) -> bool:
    """Whether a step is given files that another stage, image or build has made."""
    return instruction.keyword == "RUN" and any(
        mount.options().get("type", "bind") not in _WITHOUT_PROGRAMS
        for mount in instruction.flags_named("mount")
    )
