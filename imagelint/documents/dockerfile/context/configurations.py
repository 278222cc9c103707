"""Files of the build context that hold credentials or only settings, and are copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.document import Configurations
from imagelint.documents.secrets.files import copied_as, is_configuration
from imagelint.documents.secrets.written import tells_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.kinds import Beside


def read_configurations(instructions: Iterable[Instruction], read: Beside) -> Configurations:
    """Look into the files of settings that a Dockerfile copies from its folder."""
    holding: dict[str, bool] = {}
    asked: dict[str, None] = {}
    for name in _copied(instructions):
        if name not in asked:
            asked[name] = None
            text = read(name)
            if text is not None:
                holding[name] = tells_secret(text, name)
    return Configurations(holding, tuple(asked))


def _copied(instructions: Iterable[Instruction]) -> Iterable[str]:
    for instruction in instructions:
        if instruction.keyword in ("COPY", "ADD") and instruction.flag("from") is None:
            target = instruction.words[-1].text if instruction.words else ""
            for word in instruction.words[:-1]:
                if isinstance(word.value, Known) and _is_settings(word.value.value, target):
                    yield word.value.value.lstrip("/")


def _is_settings(source: str, target: str) -> bool:
    return is_configuration(source) or is_configuration(copied_as(source, target))
