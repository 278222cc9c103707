"""The rule `unverified-download`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.downloads import downloads, last_verification, pipes_into_shell
from imagelint.documents.questions.fetched import file_name, is_hashed, will_be_used
from imagelint.documents.questions.stages import enclosing_stage
from imagelint.documents.script import Script
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Document

_SHOWN = 5


@rule(Script, Severity.LOW, confidence=Confidence.LIKELY)
def unverified_download(script: Script, ctx: Context) -> Findings:
    r"""A downloaded program or archive is used unchecked.

    Release files are replaced, mirrors are broken into, and HTTPS only says who delivers. A
    checksum in the Dockerfile makes the build fail when the file is not the one that was reviewed.
    One finding speaks for a whole script.

    Except:
        A later `sha256sum -c`, `gpg --verify`, `cosign verify-blob` or the like in the same stage,
        keys and settings, and scripts piped into a shell (`curl-pipe-shell`).

    Bad:
        FROM debian:12.7
        RUN curl -fsSLO https://example.com/tool-1.2.tar.gz && tar xf tool-1.2.tar.gz

    Good:
        FROM debian:12.7
        RUN curl -fsSLO https://example.com/tool-1.2.tar.gz \
            && echo "6d0f1a6c5c8f0a2b  tool-1.2.tar.gz" | sha256sum -c - \
            && tar xf tool-1.2.tar.gz
    """
    piped = {source.span for source, _ in pipes_into_shell(script)}
    last = last_verification(script)
    found = [
        download
        for command in script.commands
        for download in downloads(command)
        if download.kind == "file" and not download.checked and not is_hashed(script, download)
        if command.span not in piped and last <= command.span.start
        if will_be_used(ctx.document, script, download)
    ]
    if not found or _checked_later(script, ctx):
        return
    names = [file_name(ctx.document, download) for download in found]
    others = len(found) - 1
    more = f" and {others} more {'file' if others == 1 else 'files'}" if others else ""
    yield ctx.finding(
        found[0],
        f"nothing checks what `{found[0].command.program}` delivers as `{names[0]}`{more}",
        help='compare its hash: `echo "<sha256>  <file>" | sha256sum -c -`, '
        "or use `ADD --checksum=sha256:…`",
        notes=tuple(ctx.note("neither this", download) for download in found[1:_SHOWN]),
        subject=names[0],
    )


def _checked_later(script: Script, ctx: Context) -> bool:
    """Whether a later script of the same stage verifies something."""
    stage = enclosing_stage(ctx.document, script.span)
    return any(
        start > script.span.start and enclosing_stage(ctx.document, Span(start, start)) is stage
        for start in _checking_scripts(ctx.document)
    )


@lru_cache(maxsize=1)
def _checking_scripts(document: Document) -> tuple[int, ...]:
    """Where the scripts begin that verify something: asked once for all scripts of a document."""
    return tuple(
        node.span.start
        for node in document.walk()
        if isinstance(node, Script) and last_verification(node) >= 0
    )
