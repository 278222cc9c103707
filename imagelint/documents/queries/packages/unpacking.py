"""Questions about archives that are copied into an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.packages.options import bare_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.shell.script import Command, Word

__all__ = ["archives", "unpacked_in"]

_SUFFIXES = (
    *(".tar", ".gz", ".tgz", ".bz2", ".tbz", ".tbz2", ".xz", ".txz", ".lzma", ".tlz", ".zst"),
    *(".Z", ".lz", ".lzo", ".zip", ".7z"),
)
_UNPACKING = frozenset(
    {"unzip", "gunzip", "bunzip2", "unlzma", "unxz", "unzstd", "uncompress", "zcat", "gzcat"}
)
_SHORT = pattern(r"-[^-]")
_EXTRACTING = frozenset({"--extract", "--get"})


def archives(instruction: Instruction) -> Iterator[tuple[str, Word]]:
    """The archives that a COPY brings, by the name they have in the image."""
    if len(instruction.words) < 2:  # noqa: PLR2004 - from, to
        return
    *sources, target = instruction.words
    into = bare_text(target).rpartition("/")[2]
    for word in sources:
        name = bare_text(word).rpartition("/")[2]
        if into.endswith(_SUFFIXES) and isinstance(target.value, Known):
            yield into, word
        elif name.endswith(_SUFFIXES) and "*" not in name and "$" not in name:
            yield name, word


def unpacked_in(stage: Stage, name: str, after: int) -> Command | None:
    """The command of a stage, behind an offset, that unpacks an archive of that name."""
    for script in stage.scripts:
        for command in script.commands if script.span.start > after else ():
            if _unpacks(command) and any(
                word.text.rpartition("/")[2] == name for word in command.arguments
            ):
                return command
    return None


def _unpacks(command: Command) -> bool:
    if command.program in _UNPACKING:
        return True
    if command.program not in ("tar", "bsdtar"):
        return False
    first = command.words[1].text if len(command.words) > 1 else ""
    if first[:1] != "-" and "x" in first.partition(".")[0] and first.isalpha():
        return True
    return any(
        word.text in _EXTRACTING or ("x" in word.text and _SHORT.match(word.text) is not None)
        for word in command.arguments
    )
