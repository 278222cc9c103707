"""Questions about the folder in which an instruction of a Dockerfile works."""

from __future__ import annotations

from posixpath import join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.queries.stages import stages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction, Stage

__all__ = ["folders_around", "joined", "lies_in", "with_folders"]

_DEEPEST = 64
"""Folders within each other: a path of more is of nobody's making."""


def with_folders(document: Document, stage: Stage) -> Iterator[tuple[Instruction, str | None]]:
    """The instructions of a stage, each with the working directory before it; None: unknown."""
    workdir = "/" if stage.scratch else None
    if stage.base_stage is not None and stage.base_stage < stage.index:
        below = stages(document)[stage.base_stage].workdir
        workdir = below.value if isinstance(below, Known) else None
    for instruction in stage.instructions:
        yield instruction, workdir
        if instruction.keyword == "WORKDIR" and instruction.words:
            word = instruction.words[0]
            workdir = joined(word.text, workdir) if isinstance(word.value, Known) else None


def joined(path: str, workdir: str | None) -> str | None:
    """An absolute path; None where it continues from a folder that nobody knows."""
    if not path.startswith("/") and workdir is None:
        return None
    return normpath("/" + join(workdir or "/", path).lstrip("/"))


def folders_around(path: str) -> tuple[str, ...]:
    """A path and the folders in which it lies, but for the root, itself first.

    Of one that lies deeper than any, it is itself alone.
    """
    found = [path]
    if path.count("/") <= _DEEPEST:
        while above := found[-1].rpartition("/")[0]:
            found.append(above)
    return tuple(found)


def lies_in(path: str, folder: str) -> bool:
    """Whether a path is a folder, or lies below it."""
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")
