"""Questions about what a Dockerfile takes from its build context."""

from __future__ import annotations

from posixpath import dirname, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.shell.script import Word

_WHOLE = frozenset((".", "./", "/", "*", "./*", "/.", "./."))
# Folders that hold Dockerfiles of the project around them: `docker build -f docker/Dockerfile .`
_ASIDE = frozenset(
    ("container", "containers", "docker", ".docker", "dockerfile", "dockerfiles", ".devcontainer")
)


def sources(instruction: Instruction) -> tuple[Word, ...]:
    """What a COPY or ADD takes from the build context; nothing when it takes from elsewhere."""
    if instruction.keyword not in ("COPY", "ADD") or instruction.flag("from") is not None:
        return ()
    return instruction.words[:-1]


def holds_secret(document: Document, name: str) -> bool | None:
    """Whether a file of settings that is copied holds a secret; None where nobody knows."""
    from imagelint.documents.dockerfile.document import Dockerfile

    known = document.configurations.holding if isinstance(document, Dockerfile) else {}
    return known.get(name.lstrip("/"))


def whole_context(instruction: Instruction) -> Word | None:
    """The word by which a COPY or ADD takes the whole context, None when it takes a part."""
    if instruction.flag("exclude") is not None:
        return None
    for word in sources(instruction):
        if isinstance(word.value, Known) and word.value.value in _WHOLE:
            return word
    return None


def context_folder(document: Document) -> str:
    """The folder that a Dockerfile is most likely built with, found out once for all its stages."""
    return document.derived(_context_folder)


def _context_folder(document: Document) -> str:
    from imagelint.documents.queries.stages import stages

    every = (one for stage in stages(document) for one in stage.instructions)
    return build_context(document.source.origin, every)


def build_context(origin: str, instructions: Iterable[Instruction]) -> str:
    """The folder that a Dockerfile is most likely built with.

    One above its own where what it copies is named from there (`COPY docker/start.sh` in
    `docker/Dockerfile`), or where its folder is one that projects set aside for Dockerfiles.
    """
    own = dirname(origin)
    folders = own.split("/") if own else []
    copied = [
        normpath(word.value.value.lstrip("/"))
        for instruction in instructions
        for word in sources(instruction)
        if isinstance(word.value, Known)
    ]
    for count in range(len(folders)):
        inside = "/".join(folders[count:])
        if any(path == inside or path.startswith(f"{inside}/") for path in copied):
            return "/".join(folders[:count])
    aside = [count for count, name in enumerate(folders) if name in _ASIDE]
    return "/".join(folders[: aside[0]]) if aside else own
