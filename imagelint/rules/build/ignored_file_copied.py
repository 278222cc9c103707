"""The rule `ignored-file-copied`."""

from __future__ import annotations

from posixpath import basename, join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.ignorefile import IgnoreFile
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.project import beside
from imagelint.documents.queries.context import context_folder, sources
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Word

_EVERYTHING = ("*", "**", "**/*")


@rule(
    Stage,
    Severity.MEDIUM,
    confidence=Confidence.LIKELY,
    references=("BuildKit CopyIgnoredFile",),
    keywords=("COPY", "ADD"),
)
def ignored_file_copied(stage: Stage, ctx: Context) -> Findings:
    """A file is copied that the ignore file leaves out of the build context.

    The builder is not sent the file: the build ends with "not found", or a folder is copied
    without it.

    Except: ignore files with exceptions (`!name`), of which BuildKit says nothing, too.

    Bad:
        FROM alpine:3.20
        COPY config/server.yaml /etc/server.yaml
        === .dockerignore
        config

    Good:
        FROM alpine:3.20
        COPY config/server.yaml /etc/server.yaml
        === .dockerignore
        .git
    """
    copied = [
        word
        for instruction in stage.of("COPY", "ADD")
        for word in sources(instruction)
        if word.span not in {body.span for body in instruction.heredocs}
    ]
    ignore = _ignore_file(ctx) if copied else None
    if ignore is None or any(pattern.negated for pattern in ignore.patterns):
        return
    for word in copied:
        if _is_left_out(word, ignore):
            yield ctx.finding(
                word,
                f"`{word.text}` is left out of the build context by `{ignore.source.origin}`",
                help="copy another file, or take its pattern out of the ignore file",
                subject=word.text,
            )


def _is_left_out(word: Word, ignore: IgnoreFile) -> bool:
    if not isinstance(word.value, Known) or "://" in word.text or not word.text:
        return False
    path = normpath(word.text).lstrip("/")
    if path in ("", "."):
        return any(pattern.pattern in _EVERYTHING for pattern in ignore.patterns)
    return ignore.excludes(path)


def _ignore_file(ctx: Context) -> IgnoreFile | None:
    """The file of this Dockerfile alone, else that of the context."""
    origin = ctx.source.origin
    context = join(context_folder(ctx.document), ".dockerignore")
    for name in (beside(origin, f"{basename(origin)}.dockerignore"), context):
        found = ctx.project.document(name, IgnoreFile)
        ignore = found.value if isinstance(found, Known) else None
        if isinstance(ignore, IgnoreFile):
            return ignore
    return None
