"""The rule `weak-ignore-file`."""

from __future__ import annotations

from posixpath import basename, dirname, relpath

from imagelint.core.fact import ABSENT
from imagelint.core.source import Span
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.ignorefile import IgnoreFile
from imagelint.documents.dockerfile.landmarks import copies_all_of
from imagelint.documents.dockerfile.model import Instruction
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_DANGEROUS = ((".git", ".git/config"), (".env", ".env"))
_LARGE = (
    ("virtual environments", ".venv/bin/python"),
    ("weights", "model.safetensors"),
)


@rule(IgnoreFile, Severity.LOW, confidence=Confidence.LIKELY)
def weak_ignore_file(ignore: IgnoreFile, ctx: Context) -> Findings:
    """The ignore file lets into the image what should stay outside.

    A Dockerfile copies the whole context that it protects, so that whatever the ignore file does
    not name is copied with it: the history of the repository, passwords in `.env`, a virtual
    environment of the wrong platform, weights of tens of gigabytes.

    Except:
        Ignore files without such a Dockerfile beside them, or in a folder below that is built from
        here (`docker/Dockerfile`), and those that leave out everything (`*`) and let in what is
        needed (`!src`).

    Bad (.dockerignore):
        __pycache__
        === Dockerfile
        FROM python:3.12.7-slim
        COPY . /app

    Good (.dockerignore):
        __pycache__
        .git
        .env*
        .venv
        *.safetensors
        *.gguf
        === Dockerfile
        FROM python:3.12.7-slim
        COPY . /app
    """
    dockerfile = _copies_all(ctx)
    if dockerfile is None:
        return
    secrets = [name for name, path in _DANGEROUS if not ignore.excludes(path)]
    large = [name for name, path in _LARGE if not ignore.excludes(path)]
    if not secrets and not large:
        return
    names = ", ".join(f"`{name}`" for name in secrets)
    message = " and ".join(filter(None, (names, " and ".join(large))))
    yield ctx.finding(
        Span(0, 0),
        f"`{dockerfile}` copies the whole context, and nothing leaves out {message}",
        help="add the lines `.git`, `.env*`, `.venv`, `*.safetensors`, `*.gguf` as far as missing",
        subject=ctx.source.origin,
        severity=None if secrets else Severity.INFO,
    )


def _copies_all(ctx: Context) -> str | None:
    """A Dockerfile that copies its whole context and is built with this ignore file."""
    origin = ctx.source.origin
    found = ctx.project.find(Dockerfile, copies_all_of(dirname(origin)), Instruction)
    if basename(origin) != ".dockerignore":
        own = origin.removesuffix(".dockerignore")
        return next((there for there, _ in found if there == own), None)
    for there, _ in found:
        # Its own file goes before the context's.
        if ctx.project.document(f"{there}.dockerignore", IgnoreFile) is ABSENT:
            return relpath(there, dirname(origin) or ".")
    return None
