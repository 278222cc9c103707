"""The rule `unverified-download`."""

from __future__ import annotations

from imagelint.documents.execution import Phase
from imagelint.documents.queries.downloads import (
    FILE_DOWNLOADERS,
    downloads,
    last_verification,
    pipes_into_shell,
)
from imagelint.documents.queries.fetched import FileUses, checked_later, file_name, will_be_used
from imagelint.documents.shell.script import Script
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_SHOWN = 5


@rule(Script, Severity.LOW, confidence=Confidence.LIKELY, programs=FILE_DOWNLOADERS)
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
    fetched = [one for command in script.commands for one in downloads(command)]
    if not fetched:
        return
    piped = {source.span for source, _ in pipes_into_shell(script)}
    last = last_verification(script)
    uses = FileUses(script)
    found = [
        download
        for download in fetched
        if download.kind == "file" and not download.checked and not uses.is_hashed(download)
        if download.command.span not in piped and last <= download.command.span.start
        if will_be_used(ctx.document, uses, download)
    ]
    if not found or checked_later(ctx.document, script):
        return
    names = [file_name(ctx.document, download) for download in found]
    others = len(found) - 1
    more = f" and {others} more {'file' if others == 1 else 'files'}" if others else ""
    yield ctx.finding(
        found[0],
        f"nothing checks what `{found[0].command.program}` delivers as `{names[0]}`{more}",
        help=_COMPARE + _OR.get(script.place.phase, ""),
        notes=tuple(ctx.note("neither this", download) for download in found[1:_SHOWN]),
        subject=names[0],
    )


_COMPARE = 'compare its hash: `echo "<sha256>  <file>" | sha256sum -c -`'
_OR = {
    Phase.BUILD: ", or use `ADD --checksum=sha256:…`",
    Phase.START: ", or put it into the image",
}
