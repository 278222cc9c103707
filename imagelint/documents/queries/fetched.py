"""Questions about what a downloaded file is for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.queries.downloads import last_verification
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.shell.script import Script

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.queries.downloads import Download

__all__ = ["address", "checked_later", "file_name", "is_hashed", "will_be_used"]

# What is unpacked, installed, run or loaded; not keys, lists and settings.
_USED = pattern(
    r"\.(?:tar|tgz|tbz2?|txz|tar\.\w+|zip|7z|gz|xz|bz2|zst|whl|deb|rpm|apk|run|sh|bash|bin|jar|pyz"
    r"|pex|exe|appimage|so|egg|gguf|ggml|safetensors|pt|pth|ckpt|onnx|engine)\Z",
    re.IGNORECASE,
)
_PROGRAMS = pattern(r"/s?bin/[^/]*\Z")
_PLAIN = pattern(r"[\w.+${}~-]+")
_CHECKSUM = pattern(r"(?:sha\d*|md5|b2|b3)sum|shasum|openssl")
_UNPACKING = frozenset(("tar", "bsdtar", "unzip", "dpkg", "cpio"))


def address(document: Document, download: Download) -> str:
    """What is fetched, without query and fragment; as it is written when it is not known."""
    written = document.source.text[download.span.start : download.span.end].strip("\"'")
    text: str = download.url.value if isinstance(download.url, Known) else written
    return text.partition("?")[0].partition("#")[0]


def file_name(document: Document, download: Download) -> str:
    """What to call a download: the last part of its address, or the file it is written to."""
    path = address(document, download).rstrip("/")
    last = path.rpartition("/")[2] or path
    if _PLAIN.fullmatch(last):
        return last
    return download.output if download.output not in ("", "-") else path.split("$(")[0]


def is_hashed(script: Script, download: Download) -> bool:
    """Whether a checksum of the file is computed, to be compared by whatever follows."""
    name = download.output.rpartition("/")[2]
    return name not in ("", "-") and any(
        word.text.rpartition("/")[2] == name
        for command in script.commands
        if _CHECKSUM.fullmatch(command.program)
        for word in command.arguments
    )


def will_be_used(document: Document, script: Script, download: Download) -> bool:
    """Whether a download is an archive, a package, a program or a model."""
    if _USED.search(address(document, download)) or _USED.search(download.output):
        return True
    return _is_program(script, download) or _is_unpacked(script, download)


def _is_program(script: Script, download: Download) -> bool:
    output = download.output
    if output in ("", "-"):
        return False
    return bool(_PROGRAMS.search(output)) or any(
        word.text == output for command in script.of("chmod") for word in command.arguments
    )


def _is_unpacked(script: Script, download: Download) -> bool:
    source = download.command
    return any(
        command.program in _UNPACKING
        for command in script.commands
        if command.pipe == source.pipe and command.stage > source.stage
    )


def checked_later(document: Document, script: Script) -> bool:
    """Whether a later script of the same stage verifies something."""
    stage = enclosing_stage(document, script.span)
    return any(
        start > script.span.start and enclosing_stage(document, Span(start, start)) is stage
        for start in _checking_scripts(document)
    )


@lru_cache(maxsize=1)
def _checking_scripts(document: Document) -> tuple[int, ...]:
    """Where the scripts begin that verify something: asked once for all scripts of a document."""
    return tuple(
        node.span.start
        for node in document.walk()
        if isinstance(node, Script) and last_verification(node) >= 0
    )
