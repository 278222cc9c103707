"""The rule `relative-copy-target`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.dockerfiles.instructions import is_trigger
from imagelint.documents.queries.stages import enclosing_stage, workdir_before
from imagelint.rules.api import Context, Findings, Severity, rule

_ABSOLUTE = pattern(r"[/\\$]|[A-Za-z]:")


@rule(
    Instruction,
    Severity.LOW,
    references=("hadolint DL3045", "droast DF063"),
    keywords=("ADD", "COPY"),
)
def relative_copy_target(instruction: Instruction, ctx: Context) -> Findings:
    """Files are copied to wherever the base image left its working directory.

    A relative target continues from WORKDIR. Where the file sets none, a new release of the base
    image moves what is copied.

    Except:
        Targets behind a WORKDIR of the stage or of one that it is built upon, targets that depend
        on a variable without a value, and what ONBUILD keeps for other builds. An image from
        scratch begins at the root: of it the finding is only information.

    Bad:
        FROM python:3.12.7-slim
        COPY server.py app/

    Good:
        FROM python:3.12.7-slim
        WORKDIR /srv
        COPY server.py app/
    """
    if len(instruction.words) < 2:  # noqa: PLR2004 - a source and a target
        return
    target = instruction.words[-1]
    if not isinstance(target.value, Known) or _ABSOLUTE.match(target.raw.strip("\"'")):
        return
    if _ABSOLUTE.match(target.text):
        return
    stage = enclosing_stage(ctx.document, instruction.span)
    if stage is None or is_trigger(ctx.document, instruction):
        return
    if workdir_before(ctx.document, stage, instruction.span):
        return
    yield ctx.finding(
        target,
        f"`{target.text}` continues from the base image's working directory",
        help="set `WORKDIR /<folder>` before it, or write the whole path",
        subject=target.text,
        severity=Severity.INFO if stage.scratch else None,
        references=None if instruction.keyword == "COPY" else (),
    )
