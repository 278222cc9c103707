"""Files of the build context that hold credentials or only settings, and are copied."""

from __future__ import annotations

from posixpath import dirname, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.document import Configurations
from imagelint.documents.packages.installs import setting_in_file
from imagelint.documents.secrets.files import (
    ENVIRONMENT_FILE,
    copied_as,
    credential_file,
    is_configuration,
)
from imagelint.documents.secrets.written import tells_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.kinds import Beside


def read_configurations(
    instructions: Iterable[Instruction], origin: str, read: Beside
) -> Configurations:
    """Look into the files of settings that a Dockerfile copies from its folder.

    In a folder further down it may name them from one above: `COPY src/api/.env /app/` in
    `src/api/Dockerfile`.
    """
    holding: dict[str, bool] = {}
    asked: dict[str, None] = {}
    cacheless: dict[str, str] = {}
    for name in _copied(instructions):
        if name not in asked:
            asked[name] = None
            text = read(name)
            own = "" if text is not None else _in_own_folder(name, origin)
            if own and own not in asked:
                asked[own] = None
                text = read(own)
            if text is not None:
                holding[name] = tells_secret(text, name)
                cacheless[name] = setting_in_file(text)
    return Configurations(holding, tuple(asked), cacheless=cacheless)


def _in_own_folder(name: str, origin: str) -> str:
    """The name in the Dockerfile's folder of what is named by that folder; else empty."""
    folder, _, own = normpath(name).rpartition("/")
    return own if folder and f"/{dirname(origin)}".endswith(f"/{folder}") else ""


def _copied(instructions: Iterable[Instruction]) -> Iterable[str]:
    for instruction in instructions:
        if instruction.keyword in ("COPY", "ADD") and instruction.flag("from") is None:
            target = instruction.words[-1].text if instruction.words else ""
            for word in instruction.words[:-1]:
                if isinstance(word.value, Known) and _is_settings(word.value.value, target):
                    yield word.value.value.lstrip("/")


def _is_settings(source: str, target: str) -> bool:
    return any(
        is_configuration(name) or credential_file(name) == ENVIRONMENT_FILE
        for name in (source, copied_as(source, target))
    )
