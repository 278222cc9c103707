"""The rule `relative-workdir`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.stages import enclosing_stage, workdir_before
from imagelint.rules.api import Context, Findings, Severity, rule

_ABSOLUTE = pattern(r"/|[A-Za-z]:[\\/]|\\")


@rule(
    Instruction,
    Severity.MEDIUM,
    references=(
        "hadolint DL3000",
        "BuildKit WorkdirRelativePath",
        "Trivy DS-0009",
        "Checkov CKV_DOCKER_10",
    ),
    keywords=("WORKDIR",),
)
def relative_workdir(instruction: Instruction, ctx: Context) -> Findings:
    """The working directory depends on whatever the base image left behind.

    A relative WORKDIR continues from the one before. When nothing in the file has set an absolute
    one, a new release of the base can move every path that follows.

    Except:
        A relative path behind an absolute WORKDIR of the same stage or of one that it is built
        upon, `.` alone, and paths that depend on a variable.

    Bad:
        FROM python:3.12.7-slim
        WORKDIR app

    Good:
        FROM python:3.12.7-slim
        WORKDIR /app
        WORKDIR src
    """
    if not instruction.words:
        return
    word = instruction.words[0]
    if not isinstance(word.value, Known) or not word.value.value:
        return
    path = word.value.value
    stage = enclosing_stage(ctx.document, instruction.span)
    if stage is None or _ABSOLUTE.match(path) or path in (".", "./"):
        return
    if stage.scratch or workdir_before(ctx.document, stage, instruction.span):
        return
    yield ctx.finding(
        word,
        f"`WORKDIR {path}` continues from the base image's working directory",
        help=f"write the whole path, from the root on: `WORKDIR /…/{path.removeprefix('./')}`",
        subject=f"WORKDIR {path}",
    )
