"""Questions about what a RUN removes that an earlier layer keeps all the same."""

from __future__ import annotations

from itertools import chain as joined_parts
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.installs import package_installs, packages_removed
from imagelint.documents.queries.building.depth import is_deep
from imagelint.documents.queries.dockerfiles.folders import folders_around, joined, with_folders
from imagelint.documents.queries.dockerfiles.runscripts import operands_of, scripts_by_step
from imagelint.documents.queries.downloads import downloads
from imagelint.documents.queries.stages import chain, is_windows
from imagelint.documents.secrets.files import credential_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document, Node
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.shell.script import Command, Script

__all__ = ["LateRemoval", "late_removals"]

_LARGE = (
    ".tar",
    ".tgz",
    ".gz",
    ".xz",
    ".bz2",
    ".zst",
    ".zip",
    ".whl",
    ".deb",
    ".rpm",
    ".run",
    ".jar",
)
_TWO = 2  # from, to


class LateRemoval(NamedTuple):
    """What is removed too late: the place, what, the place that brought it, and whether by COPY."""

    span: Span
    what: str
    brought: Node
    copied: bool


class _Brought(NamedTuple):
    path: str
    place: Node
    copied: bool


class _Files:
    """What layers have brought, by the folders in which it lies."""

    def __init__(self) -> None:
        self._below: dict[str, list[tuple[int, _Brought]]] = {}
        self._count = 0
        self._gone: set[int] = set()

    def add(self, brought: Iterable[_Brought]) -> None:
        for one in brought:
            self._count += 1
            for folder in folders_around(one.path):
                self._below.setdefault(folder, []).append((self._count, one))

    def take(self, path: str) -> _Brought | None:
        """The first that lies at a path or below it; then all of that is gone."""
        found = [one for one in self._below.pop(path, ()) if one[0] not in self._gone]
        self._gone.update(number for number, _ in found)
        return found[0][1] if found else None


def late_removals(document: Document, stage: Stage) -> Iterator[LateRemoval]:
    """What the steps of a stage remove after the layer that holds it is closed."""
    if is_windows(stage) or is_deep(document, stage):
        return
    files = _Files()
    scripts = document.derived(scripts_by_step)
    packages: dict[str, Node] = {}
    for part in reversed(chain(document, stage)):
        for instruction, workdir in with_folders(document, part):
            if instruction.keyword in ("COPY", "ADD"):
                files.add(_copied(instruction, workdir))
            if instruction.keyword != "RUN" or instruction.span.start not in scripts:
                continue
            script = scripts[instruction.span.start][0]
            if part is stage:
                yield from _removed(script, workdir, files)
                yield from _uninstalled(script, packages)
            files.add(_downloaded(script, workdir))
            packages |= _installed(script)


def _copied(instruction: Instruction, workdir: str | None) -> Iterator[_Brought]:
    """Large files, secrets and whole folders that an instruction copies, with their paths."""
    if len(instruction.words) < _TWO or instruction.heredocs:
        return
    *sources, target = instruction.words
    place = joined(target.text, workdir) if isinstance(target.value, Known) else None
    if place is None:
        return
    folder = target.text.endswith("/") or len(sources) > 1 or target.text in (".", "./")
    for word in sources:
        name = basename(word.text.rstrip("/"))
        whole = word.text in (".", "./") or word.text.endswith("/")
        if not isinstance(word.value, Known) or "*" in word.text:
            continue
        if whole:
            yield _Brought(place, word, copied=True)
        elif name.endswith(_LARGE) or credential_file(name):
            path = f"{place.rstrip('/')}/{name}" if folder else place
            yield _Brought(path, word, copied=True)


def _downloaded(script: Script, workdir: str | None) -> Iterator[_Brought]:
    if "cd" in script.trigger or "pushd" in script.trigger:
        workdir = None
    again = {path for _, path in _deleted(script, workdir)}
    for command in script.commands:
        for one in downloads(command):
            path = joined(one.output, workdir) if one.output not in ("", "-") else None
            if path is not None and "$" not in path and again.isdisjoint(folders_around(path)):
                yield _Brought(path, one, copied=False)


def _deleted(script: Script, workdir: str | None) -> Iterator[tuple[Command, str]]:
    """The paths that a script removes, or moves away."""
    if "cd" in script.trigger or "pushd" in script.trigger:
        workdir = None
    for command in script.commands:
        if command.program not in ("rm", "mv", "unlink") or command.nested:
            continue
        words = operands_of(command)
        for word in words if command.program != "mv" else words[:-1]:
            text = word.text.removesuffix("/*") if not isinstance(word.value, Known) else word.text
            path = joined(text, workdir) if text and "$" not in text and "*" not in text else None
            if path is not None and path != "/":
                yield command, path


def _removed(script: Script, workdir: str | None, files: _Files) -> Iterator[LateRemoval]:
    """The commands that remove files of earlier layers, each with the first of them."""
    told: set[Span] = set()
    for command, path in _deleted(script, workdir):
        found = files.take(path)
        if found is not None and command.program != "mv" and command.span not in told:
            told.add(command.span)
            yield LateRemoval(command.span, found.path, found.place, found.copied)


def _installed(script: Script) -> dict[str, Node]:
    gone = packages_removed(script)
    return {
        name: command
        for command in script.commands
        for install in package_installs(command)
        if install.manager.ecosystem.is_system and "*" not in gone
        for name in joined_parts((each.name for each in install.packages), _group(install.group))
        if name and name not in gone
    }


def _group(name: str) -> tuple[str, ...]:
    return (name,) if name else ()


def _uninstalled(script: Script, packages: dict[str, Node]) -> Iterator[LateRemoval]:
    own = _all_installed(script)
    for command in script.commands:
        alone = script._replace(commands=(command,))
        names = [one for one in packages_removed(alone) if one in packages and one not in own]
        if names:
            yield LateRemoval(command.span, names[0], packages[names[0]], copied=False)


def _all_installed(script: Script) -> frozenset[str]:
    return frozenset(
        each.name
        for command in script.commands
        for install in package_installs(command)
        for each in install.packages
    )
