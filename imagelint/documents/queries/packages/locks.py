"""Questions about lock files that an installation does not obey."""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.locknames import FOREIGN_LOCKS, LOCK_READERS, PIP_OF_UV
from imagelint.documents.queries.context import sources, whole_context
from imagelint.documents.queries.stages import chain, enclosing_stage, set_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.packages.model import PackageInstall
    from imagelint.documents.shell.script import Command, Script

__all__ = ["IgnoredLock", "ignored_locks", "obeyable", "taken_with"]

_GLOBAL = ("-g", "--global", "--location=global")


class IgnoredLock(NamedTuple):
    """An installation that does not obey a lock file.

    `read` tells whether it looks into it at all; `command` is what installs what it holds, empty
    where an option of the installation itself does.
    """

    install: PackageInstall
    file: str
    read: bool
    command: str = ""


def ignored_locks(document: Document, script: Script) -> Iterator[IgnoredLock]:
    """The installations of a script in a build that do not obey the lock file that they could."""
    stage = enclosing_stage(document, script.span)
    if stage is None:
        return
    for command in script.commands:
        for install in package_installs(command):
            yield from _ignored(document, stage, install)


def _ignored(document: Document, stage: Stage, install: PackageInstall) -> Iterator[IgnoredLock]:
    renewed_by = _obeying(install) if install.upgrade else ""
    if renewed_by or (obeyable(install) and not _told_by_variable(document, stage, install)):
        file = _present(document, stage, install)
        if file:
            read = bool(renewed_by) or not install.manager.lock.of_local
            yield IgnoredLock(install, file, read, renewed_by)
    elif _of_project(install):
        yield from _foreign(document, stage, install)


def obeyable(install: PackageInstall) -> bool:
    """Whether an installation could obey the lock file of its manager, and is not told to."""
    lock = install.manager.lock
    if not (lock.verbs or lock.options) or install.locked or install.upgrade:
        return False
    if not install.complete or install.files or install.option(*_GLOBAL):
        return False
    if lock.of_local:
        return any(package.local for package in install.packages)
    return not install.packages and (not lock.read_by or install.verb in lock.read_by)


def _obeying(install: PackageInstall) -> str:
    """What installs what a lock holds, where a command brings all of a project up to date.

    Empty for what is installed globally, which no lock is about.
    """
    lock, name = install.manager.lock, install.manager.name
    if install.option(*_GLOBAL) or "global" in install.verb:
        return ""
    if lock.verbs:
        return f"{name} {lock.verbs[0]}"
    return f"{name} install {lock.options[0]}" if lock.options else ""


def _of_project(install: PackageInstall) -> bool:
    """`pip install .`, with what it depends on."""
    if not install.manager.ignores_locks or install.option("--no-deps"):
        return False
    return any(package.local and package.raw[-1:] == "." for package in install.packages)


def _told_by_variable(document: Document, stage: Stage, install: PackageInstall) -> bool:
    names = install.manager.lock.variables
    before = set_before(document, stage, names, install.command.span) if names else ()
    settings = (*before, *(one for one in install.command.environment if one.name in names))
    return any(one.value is not ABSENT and one.value != Known("") for one in settings)


def _present(document: Document, stage: Stage, install: PackageInstall) -> str:
    """The lock file of a manager that is there when it installs, empty when none is known."""
    from imagelint.documents.dockerfile.document import Dockerfile

    beside = document.configurations.locks if isinstance(document, Dockerfile) else frozenset()
    before = install.command.span.start
    for file in install.manager.lock.files:
        named, taken = taken_with(document, stage, file, before)
        if named or (taken and file in beside):
            return file
    return ""


def taken_with(document: Document, stage: Stage, file: str, before: int) -> tuple[bool, bool]:
    """Whether a file is copied by its name before an offset, and whether with others if there."""
    taken = False
    for part in chain(document, stage):
        for instruction in part.of("COPY", "ADD"):
            if instruction.span.start > before and part is stage:
                break
            for word in sources(instruction):
                name = basename(word.text)
                if name == file:
                    return True, True
                taken = taken or ("*" in name and fnmatchcase(file, name))
            taken = taken or whole_context(instruction) is not None
    return False, taken


def _foreign(document: Document, stage: Stage, install: PackageInstall) -> Iterator[IgnoredLock]:
    if stage.index in document.derived(_reading_stages):
        return
    for file, command in FOREIGN_LOCKS.items():
        if taken_with(document, stage, file, install.command.span.start)[0]:
            yield IgnoredLock(install, file, read=False, command=command)
            return


def _reading_stages(document: Document) -> frozenset[int]:
    """The stages in which a program is run that reads the lock files which pip does not."""
    from imagelint.documents.queries.stages import stages_where

    return stages_where(
        document, lambda stage: any(map(_reads, (c for s in stage.scripts for c in s.commands)))
    )


def _reads(command: Command) -> bool:
    if command.program not in LOCK_READERS:
        return bool(LOCK_READERS.intersection(command.wrappers))
    return (command.program, *(word.text for word in command.words[1:2])) != PIP_OF_UV
