"""Questions about archives that are copied into an image."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.packages.options import bare_text
from imagelint.documents.queries.stages import stages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
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


def unpacked_in(document: Document, stage: Stage, name: str, after: int) -> Command | None:
    """The first command of a stage, behind an offset, that unpacks an archive of that name."""
    found = document.derived(_unpacked).get((stage.index, name), ())
    first = bisect_right(found, after, key=itemgetter(0))
    return found[first][1] if first < len(found) else None


def _unpacked(document: Document) -> dict[tuple[int, str], list[tuple[int, Command]]]:
    """The commands that unpack an archive, by stage and name, with where their scripts begin."""
    found: dict[tuple[int, str], list[tuple[int, Command]]] = {}
    for stage in stages(document):
        for script in stage.scripts:
            for command in filter(_unpacks, script.commands):
                for name in {word.text.rpartition("/")[2] for word in command.arguments}:
                    about = stage.index, name
                    found.setdefault(about, []).append((script.span.start, command))
    for commands in found.values():
        commands.sort(key=itemgetter(0))
    return found


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
