"""Questions about what a downloaded file is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.queries.downloads import CHECKSUMS, last_verification
from imagelint.documents.queries.stages import anchor, enclosing_stage
from imagelint.documents.shell.script import Script, ScriptRole

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.queries.downloads import Download

__all__ = ["FileUses", "address", "checked_later", "file_name", "will_be_used"]

# What is unpacked, installed, run or loaded; not keys, lists and settings.
_USED = pattern(
    r"\.(?:tar|tgz|tbz2?|txz|tar\.\w+|zip|7z|gz|xz|bz2|zst|whl|deb|rpm|apk|run|sh|bash|bin|jar|pyz"
    r"|pex|exe|appimage|so|egg|gguf|ggml|safetensors|pt|pth|ckpt|onnx|engine)\Z",
    re.IGNORECASE,
)
_PROGRAMS = pattern(r"/s?bin/[^/]*\Z")
_PLAIN = pattern(r"[\w.+${}~-]+")
_HASHING = CHECKSUMS | {"openssl"}
_UNPACKING = frozenset(("tar", "bsdtar", "unzip", "dpkg", "cpio"))


def address(document: Document, download: Download) -> str:
    """What is fetched, without query and fragment; as it is written when it is not known."""
    written = document.written(download.span).strip("\"'")
    text: str = download.url.value if isinstance(download.url, Known) else written
    return text.partition("?")[0].partition("#")[0]


def file_name(document: Document, download: Download) -> str:
    """What to call a download: the last part of its address, or the file it is written to."""
    path = address(document, download).rstrip("/")
    last = path.rpartition("/")[2] or path
    if _PLAIN.fullmatch(last):
        return last
    if download.output not in ("", "-"):
        return download.output
    known = path.split("$(")[0]
    return known if known == path else f"{known}…"


class FileUses:
    """What a script does with files, read once for all that it downloads."""

    __slots__ = ("_executable", "_hashed", "_unpacking")

    def __init__(self, script: Script) -> None:
        self._executable = {word.text for one in script.of("chmod") for word in one.arguments}
        self._hashed: set[str] = set()
        self._unpacking: dict[int, int] = {}
        for command in script.commands:
            if command.program in _HASHING:
                self._hashed.update(word.text.rpartition("/")[2] for word in command.arguments)
            elif command.program in _UNPACKING:
                last = self._unpacking.get(command.pipe, -1)
                self._unpacking[command.pipe] = max(last, command.stage)

    def is_hashed(self, download: Download) -> bool:
        """Whether a checksum of the file is computed, to be compared by whatever follows."""
        name = download.output.rpartition("/")[2]
        return name not in ("", "-") and name in self._hashed

    def is_program(self, download: Download) -> bool:
        """Whether the file goes where programs are, or is made one."""
        output = download.output
        if output in ("", "-"):
            return False
        return bool(_PROGRAMS.search(output)) or output in self._executable

    def is_unpacked(self, download: Download) -> bool:
        """Whether what is fetched goes through a pipe into what unpacks archives."""
        source = download.command
        return self._unpacking.get(source.pipe, -1) > source.stage


def will_be_used(document: Document, uses: FileUses, download: Download) -> bool:
    """Whether a download is an archive, a package, a program or a model."""
    if _USED.search(address(document, download)) or _USED.search(download.output):
        return True
    return uses.is_program(download) or uses.is_unpacked(download)


def checked_later(document: Document, script: Script) -> bool:
    """Whether a later script of the same stage verifies something."""
    last = document.derived(_last_checks).get(_phase_of(document, script), -1)
    return last > anchor(document, script.span)


def _last_checks(document: Document) -> dict[tuple[int, ScriptRole], int]:
    """Where the last script of each stage is run that verifies something, by what runs it."""
    found: dict[tuple[int, ScriptRole], int] = {}
    for script in document.nodes_of(Script):
        if last_verification(script) >= 0:
            phase = _phase_of(document, script)
            found[phase] = max(found.get(phase, -1), anchor(document, script.span))
    return found


def _phase_of(document: Document, script: Script) -> tuple[int, ScriptRole]:
    """The stage of a script, and what runs it; documents without stages are like one."""
    stage = enclosing_stage(document, script.span)
    return (-1 if stage is None else stage.index), script.role
