"""The rule `whole-context-copied`."""

from __future__ import annotations

from posixpath import basename, dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT
from imagelint.documents.dockerfile.ignorefile import IgnoreFile
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.project import beside
from imagelint.documents.queries.context import whole_context
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(Instruction, Severity.LOW, confidence=Confidence.LIKELY, keywords=("ADD", "COPY"))
def whole_context_copied(instruction: Instruction, ctx: Context) -> Findings:
    """The whole build context is copied and no ignore file leaves anything out.

    With `COPY . …` everything that lies around goes into the image: `.git` with its history,
    `.env` with its passwords, the virtual environment, downloaded weights. Each change of any of
    them also throws away the cache of every later layer.

    Except:
        Any `.dockerignore` beside the Dockerfile or above it (`weak-ignore-file` judges what it
        leaves out), a `<Dockerfile>.dockerignore`, `--exclude`, ONBUILD. In stages that are not
        shipped the finding is only information.

    Bad:
        FROM python:3.12.7-slim
        COPY . /app

    Good:
        FROM python:3.12.7-slim
        COPY . /app
        === .dockerignore
        .git
        .env*
        .venv
        *.safetensors
        *.gguf
    """
    word = whole_context(instruction)
    if word is None:
        return
    stage = enclosing_stage(ctx.document, instruction.span)
    # What ONBUILD copies is the context of another build.
    if stage is None or stage.instruction_at(instruction.span.start) is not instruction:
        return
    for name in _ignore_files(ctx.source.origin):
        if ctx.project.document(name, IgnoreFile) is not ABSENT:
            return
    yield ctx.finding(
        word,
        f"`{instruction.keyword} {word.raw}` copies all that lies in the build context",
        help="add a `.dockerignore`, or copy only what the image needs",
        subject=f"{instruction.keyword} {word.raw}",
        severity=None if stage.shipped else Severity.INFO,
    )


def _ignore_files(origin: str) -> Iterator[str]:
    """Where Docker may look, wherever above the Dockerfile the context begins."""
    yield beside(origin, f"{basename(origin)}.dockerignore")
    yield beside(origin, ".dockerignore")
    folder = dirname(origin)
    while folder not in ("", "/"):
        folder = dirname(folder)
        yield f"{folder.rstrip('/')}/.dockerignore" if folder else ".dockerignore"
