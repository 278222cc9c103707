"""Questions about the caches that package managers keep while an image is built."""

from __future__ import annotations

from itertools import pairwise
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.packages.installs import (
    caches_configured_off,
    caches_removed,
    package_installs,
    setting_in_file,
)
from imagelint.documents.packages.lookup import MANAGERS
from imagelint.documents.packages.packagemanager import Ecosystem
from imagelint.documents.packages.python import PIP
from imagelint.documents.queries.stages import (
    chain,
    enclosing_stage,
    set_before,
    stage_scripts,
    stages_where,
)
from imagelint.documents.secrets.files import copied_as
from imagelint.documents.shell.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.packages.installs import PackageInstall
    from imagelint.documents.packages.packagemanager import Cache
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Command

__all__ = ["Filling", "Removals", "cache_mount", "cache_switched_off"]
__all__ += ["holds", "kept_fillings", "moved_and_removed", "wheel_cache", "wheel_fillings"]

_SETTINGS = ("pip.conf", "pip.ini")
_REMOVING = ("rm", "mv", "unlink")


def cache_switched_off(
    document: Document, script: Script, install: PackageInstall, cache: Cache
) -> bool | None:
    """Whether an installation writes no cache; None when that depends on something unknown."""
    if install.no_cache:
        return True
    if _configured_off(document, script, install, cache):
        return True
    for setting in _settings(document, script, install.command, cache.off_variables):
        if setting.value is UNKNOWN:
            return None
        if isinstance(setting.value, Known) and cache.is_off(setting.value.value):
            return True
    return False if install.complete else None


def wheel_cache(install: PackageInstall) -> Cache | None:
    """The cache of Python packages which an installation fills and can be told not to write."""
    if install.ecosystem is not Ecosystem.PYPI:
        return None
    return next((cache for cache in install.manager.caches if cache.has_switch), None)


class Filling(NamedTuple):
    """An installation, the cache that it fills, and whether the script removes that later."""

    install: PackageInstall
    cache: Cache
    removed: bool


def wheel_fillings(script: Script) -> Iterator[Filling]:
    """The installations of a script that fill caches of Python packages, in order."""
    removals: Removals | None = None
    for command in script.commands:
        for install in package_installs(command):
            cache = wheel_cache(install)
            if cache:
                removals = removals or Removals(script)
                yield Filling(install, cache, removals.behind(command, cache))


def kept_fillings(document: Document, script: Script) -> Iterator[Filling]:
    """The installations of a script that leave a cache of the manager's own in the layer, in order.

    Neither those that `wheel_fillings` tells, nor what cannot be told, nor programs fetched to be
    started, which lie in folders of their own (`npm cache npx`): one for each cache.
    """
    seen: set[Cache] = set()
    removals: Removals | None = None
    for command in script.commands:
        for install in package_installs(command):
            if wheel_cache(install) or not install.manager.caches or install.run:
                continue
            cache = install.manager.caches[0]
            if cache in seen or not _is_written(document, script, install):
                continue
            removals = removals or Removals(script)
            filling = Filling(install, cache, removals.behind(command, cache))
            if not _stays(document, script, filling):
                continue
            seen.add(cache)
            yield filling


def _is_written(document: Document, script: Script, install: PackageInstall) -> bool:
    """Whether something empties the cache after each installation: `docker-clean` of images."""
    cleaner = install.manager.cleaned_in_images
    if not cleaner:
        return True
    stage = enclosing_stage(document, script.span)
    return stage is not None and stage.index in document.derived(_without_cleaner)[cleaner]


def _without_cleaner(document: Document) -> dict[str, frozenset[int]]:
    """The stages in which what empties a cache is removed, by what that is called."""
    names = {manager.cleaned_in_images for manager in MANAGERS} - {""}
    return {
        name: stages_where(document, lambda stage, name=name: _removes(stage, name))  # type: ignore[misc]
        for name in names
    }


def _removes(stage: Stage, cleaner: str) -> bool:
    return any(
        cleaner in word.text
        for script in stage.scripts
        if cleaner in script.text
        for command in script.of(*_REMOVING)
        for word in command.arguments
    )


def _stays(document: Document, script: Script, filling: Filling) -> bool:
    if filling.removed or cache_mount(document, script, filling, ("cache", "tmpfs")):
        return False
    if cache_switched_off(document, script, filling.install, filling.cache) is not False:
        return False
    return not moved_and_removed(document, script, filling)


def holds(mount: str, cache: Cache) -> bool:
    """Whether all of a cache lies in a mount (`type:target`)."""
    target = mount.partition(":")[2].rstrip("/")
    return bool(target) and any(f"{folder}/".startswith(f"{target}/") for folder in cache.folders)


def _configured_off(
    document: Document, script: Script, install: PackageInstall, cache: Cache
) -> bool:
    """Whether a command before has written into the configuration that there is no cache."""
    configuring = document.derived(_configuring)
    stage = enclosing_stage(document, script.span)
    position = install.command.span.start
    if stage is not None and _copied_off(document, stage, cache, position):
        return True
    scripts = stage_scripts(document, stage) if stage and configuring else (script,)
    return any(
        configuring.get(one.span.start, {}).get(cache, position) < position for one in scripts
    )


def _copied_off(document: Document, stage: Stage, cache: Cache, position: int) -> bool:
    """Whether a file of settings that is copied before says that there is no cache."""
    if not cache.off_setting or not (copied := document.derived(_copied_settings)):
        return False
    parts = {part.index for part in chain(document, stage)}
    return any(
        end <= position and part in parts and cache.is_off(value) for part, end, value in copied
    )


def _copied_settings(document: Document) -> tuple[tuple[int, int, str], ...]:
    """What the files of pip's settings say that are copied: the stage, the end, and the value."""
    if not isinstance(document, Dockerfile):
        return ()
    return tuple(
        (stage.index, instruction.span.end, value)
        for stage in document.stages
        for instruction in stage.of("COPY", "ADD")
        for value in _settings_copied(document, instruction)
    )


def _settings_copied(document: Dockerfile, instruction: Instruction) -> Iterator[str]:
    """What the files of pip's settings say of its cache that an instruction copies."""
    if instruction.flag("from") is not None or len(instruction.words) < 2:  # noqa: PLR2004
        return
    *sources, target = instruction.words
    bodies = {one.span: one for one in instruction.heredocs}
    for source in sources:
        body = bodies.get(source.span)
        name = f"{target.text}/{body.name}" if body else copied_as(source.text, target.text)
        named = basename(target.text) in _SETTINGS or basename(name) in _SETTINGS
        if named and body is not None:
            yield setting_in_file(document.source.text[slice(*body.content_span)])
        elif named:
            yield document.configurations.cacheless.get(source.text.lstrip("/"), "")


def _configuring(document: Document) -> dict[int, dict[Cache, int]]:
    """Where each script, by its start, first writes that there is no cache: few ever do."""
    found: dict[int, dict[Cache, int]] = {}
    for script in document.nodes_of(Script):
        for command in script.commands:
            for cache in caches_configured_off(command):
                first = found.setdefault(script.span.start, {})
                first.setdefault(cache, command.span.start)
            if _writes_settings(command):
                value = setting_in_file(script.text.replace("\\n", "\n").replace("'", "\n"))
                first = found.setdefault(script.span.start, {})
                for cache in PIP.caches:
                    if cache.is_off(value):
                        first.setdefault(cache, command.span.start)
    return found


def _writes_settings(command: Command) -> bool:
    words = [one.target for one in command.redirects if one.operator.startswith(">")]
    words += command.arguments if command.program == "tee" else ()
    return any(word is not None and basename(word.text) in _SETTINGS for word in words)


def cache_mount(
    document: Document, script: Script, filling: Filling, kinds: tuple[str, ...] = ("cache",)
) -> str:
    """The target of the mount of one of those kinds which holds a cache, empty without one."""
    if not script.mounts:
        return ""
    cache = filling.cache
    moved = _folders(document, script, filling)
    for mount in script.mounts:
        kind, _, target = mount.partition(":")
        path = target.rstrip("/")
        if kind in kinds and (cache.goes_with(path) or path.endswith(tuple(filter(None, moved)))):
            return target
    return ""


def _folders(document: Document, script: Script, filling: Filling) -> list[str]:
    """The folders that variables name for a cache."""
    settings = _settings(document, script, filling.install.command, filling.cache.variables)
    return [one.value.value.rstrip("/") for one in settings if isinstance(one.value, Known)]


def moved_and_removed(document: Document, script: Script, filling: Filling) -> bool:
    """Whether the script removes, behind an installation, the folder to which its cache moved."""
    start = filling.install.command.span.start
    folders = _folders(document, script, filling)
    return any(
        word.text.rstrip("*").rstrip("/") == folders[-1]
        for command in (script.of("rm", "find") if folders else ())
        if command.span.start > start
        for word in command.arguments
    )


class Removals:
    """Where a script removes each cache for the last time, read once for all of its commands."""

    __slots__ = ("_last", "_numbers")

    def __init__(self, script: Script) -> None:
        self._numbers = {id(command): number for number, command in enumerate(script.commands)}
        self._last = {
            cache: number
            for number, command in enumerate(script.commands)
            for cache in caches_removed(command)
        }

    def behind(self, command: Command, cache: Cache) -> bool:
        """Whether a cache is removed behind one of the script's commands, which fills it."""
        return self._last.get(cache, -1) >= self._numbers[id(command)]


def _settings(
    document: Document, script: Script, command: Command, names: tuple[str, ...]
) -> Iterator[EnvVar]:
    """What is set by those names for a command: before its script, and by it."""
    stage = enclosing_stage(document, script.span)
    unset = _unset_before(script, command)
    if stage is not None:
        before = set_before(document, stage, names, script.span)
        yield from (one for one in before if one.name not in unset)
    yield from (one for one in command.environment if one.name in names)


def _unset_before(script: Script, command: Command) -> frozenset[str]:
    """The variables that a script takes away before one of its commands: `unset`, `env -u`."""
    found: set[str] = set()
    for one in script.of("unset"):
        if one.unconditional and one.span.start < command.span.start:
            found.update(word.text for word in one.arguments)
    words = [word.text for word in command.wrapping]
    found.update(name for option, name in pairwise(words) if option in ("-u", "--unset"))
    found.update(word.partition("=")[2] for word in words if word.startswith("--unset="))
    return frozenset(found)
