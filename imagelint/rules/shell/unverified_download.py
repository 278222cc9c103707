"""The rule `unverified-download`."""

from __future__ import annotations

from imagelint.documents.downloads import downloads, pipes_into_shell, verified
from imagelint.documents.questions.fetched import file_name, will_be_used
from imagelint.documents.script import Script
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Script, Severity.LOW, confidence=Confidence.LIKELY)
def unverified_download(script: Script, ctx: Context) -> Findings:
    r"""A downloaded program or archive is used unchecked.

    Release files are replaced, mirrors are broken into, and HTTPS only says who delivers. A
    checksum in the Dockerfile makes the build fail when the file is not the one that was reviewed.

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
    piped = [source for source, _ in pipes_into_shell(script)]
    for command in script.commands:
        if command in piped or verified(script, command):
            continue
        for download in downloads(command):
            if download.kind != "file" or download.checked:
                continue
            if not will_be_used(ctx.document, script, download) or _checked_later(script, ctx):
                continue
            name = file_name(ctx.document, download)
            yield ctx.finding(
                download,
                f"nothing checks what `{command.program}` delivers as `{name}`",
                help='compare its hash: `echo "<sha256>  <file>" | sha256sum -c -`, '
                "or use `ADD --checksum=sha256:…`",
                subject=name,
            )


def _checked_later(script: Script, ctx: Context) -> bool:
    """Whether a later script of the same file verifies something."""
    return any(
        isinstance(node, Script) and node.span.start > script.span.start and verified(node)
        for node in ctx.document.walk()
    )
