"""The rule `relative-workdir`."""

from __future__ import annotations

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import Instruction, Stage
from imagelint.documents.queries.dockerfiles.instructions import is_trigger
from imagelint.documents.queries.dockerfiles.references import escape_of
from imagelint.documents.queries.stages import enclosing_stage, is_windows, workdir_before
from imagelint.knowledge.base_images import base_image
from imagelint.rules.api import Context, Findings, Severity, rule

_HERE = (".", "./", "")
_OF_WINDOWS = pattern(r"[A-Za-z]:[\\/]?|\\")


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
        upon, from which it goes on (https://docs.docker.com/reference/dockerfile/#workdir),
        although hadolint tells of it behind a stage; paths that depend on a variable, paths of
        Windows unless the base image is known to be of Linux. An image from scratch begins at the
        root, which is a low finding, as is a dot.

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
    if not isinstance(word.value, Known) or (not word.value.value and "$" in word.raw):
        return
    path = word.value.value
    stage = enclosing_stage(ctx.document, instruction.span)
    if stage is None or path.startswith("/"):
        return
    if is_trigger(ctx.document, instruction):
        return
    if workdir_before(ctx.document, stage, instruction.span):
        return
    windows = _OF_WINDOWS.match(path)
    if windows and not _is_linux(stage, ctx):
        return
    rest = path[windows.end() :] if windows else path.removeprefix("./")
    yield ctx.finding(
        word,
        f"`{path}` is a path of Windows: Linux makes a folder of that name"
        if windows
        else f"`WORKDIR {path or word.raw}` continues from the base image's working directory",
        help=f"write the whole path, from the root on: `WORKDIR /…/{rest}`"
        if rest not in _HERE
        else "leave it out, or write the whole path",
        subject=f"WORKDIR {path}",
        severity=Severity.LOW if stage.scratch or path in _HERE else None,
    )


def _is_linux(stage: Stage, ctx: Context) -> bool:
    """Whether a stage certainly stands upon an image of Linux."""
    if is_windows(stage) or escape_of(ctx.document) == "`":
        return False
    image = stage.root_image.reference if stage.root_image else UNKNOWN
    return isinstance(image, Known) and base_image(image.value) is not None
