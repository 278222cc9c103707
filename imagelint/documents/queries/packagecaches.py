"""Questions about the caches that package managers keep while an image is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.packages.installs import caches_removed
from imagelint.documents.packages.packagemanager import Ecosystem
from imagelint.documents.queries.stages import enclosing_stage, set_before

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.packages.installs import PackageInstall
    from imagelint.documents.packages.packagemanager import Cache
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Command, Script

__all__ = ["brings_more_than_itself", "cache_mount", "cache_switched_off", "holds"]
__all__ += ["removed_behind", "wheel_cache"]


def cache_switched_off(
    document: Document, script: Script, install: PackageInstall, cache: Cache
) -> bool | None:
    """Whether an installation writes no cache; None when that depends on something unknown."""
    if install.no_cache:
        return True
    for setting in _settings(document, script, cache.off_variables):
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


def holds(mount: str, cache: Cache) -> bool:
    """Whether all of a cache lies in a mount (`type:target`)."""
    target = mount.partition(":")[2].rstrip("/")
    return bool(target) and any(f"{folder}/".startswith(f"{target}/") for folder in cache.folders)


def cache_mount(document: Document, script: Script, cache: Cache) -> str:
    """The target of the cache mount which holds a cache, empty without one."""
    settings = _settings(document, script, cache.variables)
    moved = [one.value.value.rstrip("/") for one in settings if isinstance(one.value, Known)]
    for mount in script.mounts:
        kind, _, target = mount.partition(":")
        path = target.rstrip("/")
        if kind == "cache" and (cache.goes_with(path) or path.endswith(tuple(filter(None, moved)))):
            return target
    return ""


def removed_behind(script: Script, command: Command, cache: Cache) -> bool:
    """Whether a script removes a cache behind the command that fills it."""
    behind = script.commands[script.commands.index(command) :]
    return any(cache in caches_removed(other) for other in behind)


def brings_more_than_itself(install: PackageInstall) -> bool:
    """Whether an installation brings more than the manager's own packages."""
    names = {package.name for package in install.packages}
    return bool(install.files) or not names or not names <= install.manager.own


def _settings(document: Document, script: Script, names: tuple[str, ...]) -> list[EnvVar]:
    stage = enclosing_stage(document, script.span)
    return set_before(document, stage, frozenset(names), script.span) if stage else []
