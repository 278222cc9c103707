"""The rule `weak-ignore-file`."""

from __future__ import annotations

from posixpath import basename, dirname
from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.dockerfile import Dockerfile
from imagelint.documents.dockerfile.ignorefile import IgnoreFile
from imagelint.documents.queries.context import whole_context
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

_DANGEROUS = ((".git", ".git/config"), (".env", ".env"))
_LARGE = (
    ("virtual environments", ".venv/bin/python"),
    ("weights", "model.safetensors"),
)


@rule(IgnoreFile, Severity.LOW, confidence=Confidence.LIKELY)
def weak_ignore_file(ignore: IgnoreFile, ctx: Context) -> Findings:
    """The ignore file lets into the image what should stay outside.

    A Dockerfile beside it copies the whole context, so that whatever the ignore file does not name
    is copied with it: the history of the repository, passwords in `.env`, a virtual environment of
    the wrong platform, weights of tens of gigabytes.

    Except:
        Ignore files without such a Dockerfile beside them, and those that leave out everything
        (`*`) and let in what is needed (`!src`).

    Bad (.dockerignore):
        __pycache__
        === Dockerfile
        FROM python:3.12.7-slim
        COPY . /app

    Good (.dockerignore):
        __pycache__
        .git
        .env
        .venv
        *.safetensors
        === Dockerfile
        FROM python:3.12.7-slim
        COPY . /app
    """
    if not any(_copies_everything(document) for document in _dockerfiles(ctx)):
        return
    secrets = [name for name, path in _DANGEROUS if not ignore.excludes(path)]
    large = [name for name, path in _LARGE if not ignore.excludes(path)]
    if not secrets and not large:
        return
    names = ", ".join(f"`{name}`" for name in secrets)
    message = " and ".join(filter(None, (names, " and ".join(large))))
    yield ctx.finding(
        Span(0, 0),
        f"a Dockerfile beside it copies the whole context, and nothing leaves out {message}",
        help="add the lines `.git`, `.env*`, `.venv`, `*.safetensors`, `*.gguf` as far as missing",
        subject=ctx.source.origin,
        severity=None if secrets else Severity.INFO,
    )


def _dockerfiles(ctx: Context) -> Iterator[Dockerfile]:
    """The Dockerfiles that the ignore file is certainly for."""
    origin = ctx.source.origin
    own = origin.removesuffix(".dockerignore")
    for document in ctx.project.of(Dockerfile):
        there = document.source.origin
        if basename(origin) != ".dockerignore":
            if there == own:
                yield document
        elif dirname(there) == dirname(origin):
            yield document


def _copies_everything(document: Dockerfile) -> bool:
    return any(
        stage.shipped and whole_context(instruction) is not None
        for stage in document.stages
        for instruction in stage.instructions
    )
