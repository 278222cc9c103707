"""The rule `unverified-download`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.downloads import Download, downloads, pipes_into_shell, verified
from imagelint.documents.script import Script
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.script import Command

# What is unpacked, installed, run or loaded; not keys, lists and settings.
_RISKY = re.compile(
    r"\.(?:tar|tgz|tbz2?|txz|tar\.\w+|zip|7z|gz|xz|bz2|zst|whl|deb|rpm|apk|run|sh|bash|bin|jar|pyz"
    r"|pex|exe|appimage|so|egg|gguf|ggml|safetensors|pt|pth|ckpt|onnx|engine)\"?'?\Z",
    re.IGNORECASE,
)
_PROGRAMS = re.compile(r"/s?bin/[^/]*\Z")


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
            if not _is_risky(download, command, script, ctx) or _checked_later(script, ctx):
                continue
            name = _name(download, ctx)
            yield ctx.finding(
                download,
                f"nothing checks what `{command.program}` delivers as `{name}`",
                help='compare its hash: `echo "<sha256>  <file>" | sha256sum -c -`, '
                "or use `ADD --checksum=sha256:…`",
                subject=name,
            )


def _is_risky(download: Download, command: Command, script: Script, ctx: Context) -> bool:
    url = download.url.value if isinstance(download.url, Known) else ctx.text(download.span)
    path = url.partition("?")[0].partition("#")[0]
    if _RISKY.search(path) or _RISKY.search(download.output) or _PROGRAMS.search(download.output):
        return True
    unpacked = (other.program for other in _behind(command, script))
    if any(program in ("tar", "unzip", "dpkg", "bsdtar") for program in unpacked):
        return True
    return any(download.output in texts for texts in _made_executable(script, download.output))


def _behind(command: Command, script: Script) -> Iterator[Command]:
    """The commands that take a command's output through a pipe."""
    for other in script.commands:
        if other.pipe == command.pipe and other.stage > command.stage:
            yield other


def _made_executable(script: Script, output: str) -> Iterator[tuple[str, ...]]:
    if output in ("", "-"):
        return
    for command in script.of("chmod"):
        yield tuple(word.text for word in command.arguments)


def _checked_later(script: Script, ctx: Context) -> bool:
    """Whether a later script of the same file verifies something."""
    return any(
        isinstance(node, Script) and node.span.start > script.span.start and verified(node)
        for node in ctx.document.walk()
    )


def _name(download: Download, ctx: Context) -> str:
    url = download.url.value if isinstance(download.url, Known) else ctx.text(download.span)
    last = url.partition("?")[0].rstrip("/'\"").rpartition("/")[2]
    return last or url
