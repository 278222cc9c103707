"""The lock files that lie in the folder which a Dockerfile is built with."""

from __future__ import annotations

from posixpath import relpath
from typing import TYPE_CHECKING

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.queries.context import build_context
from imagelint.documents.queries.packages.locks import obeyable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.kinds import Beside
    from imagelint.documents.shell.script import Script


def lock_files(
    origin: str, copied: Sequence[Instruction], scripts: Iterable[Script], read: Beside
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Those of the installations that obey none, and all names that were looked for."""
    wanted = tuple(dict.fromkeys(_files(scripts)))
    if not wanted:
        return frozenset(), ()
    folder = relpath(build_context(origin, copied) or ".", origin.rpartition("/")[0] or ".")
    prefix = "" if folder == "." else f"{folder}/"
    asked = {file: f"{prefix}{file}" for file in wanted}
    found = frozenset(file for file, name in asked.items() if read(name) is not None)
    return found, tuple(asked.values())


def _files(scripts: Iterable[Script]) -> Iterator[str]:
    for script in scripts:
        for command in script.commands:
            for install in package_installs(command):
                if obeyable(install):
                    yield from install.manager.lock.files
