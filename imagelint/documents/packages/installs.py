"""Questions about what a command does with packages."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.packages.lookup import MANAGERS, manager_call
from imagelint.documents.packages.model import (
    Option,
    PackageIndex,
    PackageInstall,
    Requirement,
)
from imagelint.documents.remembered import remembered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.packages.packagemanager import Cache, Call, Manager
    from imagelint.documents.shell.script import Command, Script

__all__ = ["Option", "PackageIndex", "PackageInstall", "Requirement"]
__all__ += [
    "caches_configured_off",
    "caches_removed",
    "package_installs",
    "packages_removed",
    "refreshed_manager",
]

_CACHES: tuple[Cache, ...] = tuple(
    dict.fromkeys(cache for manager in MANAGERS for cache in manager.left_overs)
)
_DELETING = ("rm", "find")
_PATHS_KEPT = 512


@remembered
def package_installs(command: Command) -> tuple[PackageInstall, ...]:
    """What a command installs; empty for a command that installs nothing.

    One command is one installation at most today; the tuple leaves room for more.
    """
    call = manager_call(command)
    if call is None or call.words.has(*call.manager.dry_run):
        return ()
    return call.manager.read(call)


def refreshed_manager(command: Command) -> Manager | None:
    """The manager whose index of packages a command fetches: that of `apt-get update`."""
    call = manager_call(command)
    return call.manager if call and call.says(*call.manager.refresh) else None


@remembered
def caches_removed(command: Command) -> tuple[Cache, ...]:
    """The left-overs of package managers which a command removes."""
    if command.program in _DELETING:
        paths = [word.text.strip("\"'").rstrip("*").rstrip("/") for word in command.arguments]
        gone = [cache for path in paths for cache in _caches_below(path)]
        return tuple(dict.fromkeys(gone))
    call = manager_call(command)
    if call is None:
        return ()
    return tuple(cache for cache in call.manager.left_overs if call.says(*cache.cleaned_by))


@lru_cache(_PATHS_KEPT)
def _caches_below(path: str) -> tuple[Cache, ...]:
    return tuple(cache for cache in _CACHES if cache.goes_with(path))


@remembered
def caches_configured_off(command: Command) -> tuple[Cache, ...]:
    """The caches that a command switches off for good: `pip config set global.no-cache-dir 1`."""
    call = manager_call(command) if command.unconditional else None
    _, operands = call.words.verb(("config set",)) if call else ("", ())
    if call is None or len(operands) != 2:  # noqa: PLR2004 - a name and its value
        return ()
    name, value = (word.text for word in operands)
    setting = name.rpartition(".")[2].replace("_", "-")
    return tuple(
        cache
        for cache in call.manager.caches
        if setting == cache.off_setting and cache.is_off(value)
    )


def packages_removed(script: Script) -> tuple[str, ...]:
    """Names of packages that a script removes again; `*` where it cannot be told which."""
    return tuple(
        name
        for command in script.commands
        if (call := manager_call(command)) and call.manager.ecosystem.is_system
        for name in _removed(call, script)
    )


def _removed(call: Call, script: Script) -> Iterator[str]:
    manager, words = call.manager, call.words
    verb, operands = words.verb(manager.removes)
    if not verb:
        return
    sweeps = verb in manager.sweeps or words.has(*manager.sweeps)
    if sweeps and any(_marks(manager, command) for command in script.commands):
        yield "*"
    for word in operands:
        yield from word.text.split() if isinstance(word.value, Known) else ("*",)


def _marks(manager: Manager, command: Command) -> bool:
    """Whether a command makes everything that was installed a candidate for removal.

    `apt-mark auto '.*' > /dev/null` is the habit of Docker's official images.
    """
    return any(
        command.program == program and any(word.text == verb for word in command.arguments)
        for program, verb in (marker.split() for marker in manager.markers)
    )
