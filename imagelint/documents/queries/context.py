"""Questions about what a Dockerfile takes from its build context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.shell.script import Word

_WHOLE = frozenset((".", "./", "/", "*", "./*", "/.", "./."))


def sources(instruction: Instruction) -> tuple[Word, ...]:
    """What a COPY or ADD takes from the build context; nothing when it takes from elsewhere."""
    if instruction.keyword not in ("COPY", "ADD") or instruction.flag("from") is not None:
        return ()
    return instruction.words[:-1]


def whole_context(instruction: Instruction) -> Word | None:
    """The word by which a COPY or ADD takes the whole context, None when it takes a part."""
    if instruction.flag("exclude") is not None:
        return None
    for word in sources(instruction):
        if isinstance(word.value, Known) and word.value.value in _WHOLE:
            return word
    return None
