"""Questions about what a command does with packages."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.packages.lookup import BY_PROGRAM, MANAGERS, manager_call, manager_calls
from imagelint.documents.packages.model import (
    Option,
    PackageIndex,
    PackageInstall,
    Requirement,
)
from imagelint.documents.packages.options import bare_text, parts_at_commas, sort_words
from imagelint.documents.packages.packagemanager import Call, writes_nothing
from imagelint.documents.remembered import remembered
from imagelint.documents.shell.wrappers import FETCH_BESIDES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.packages.options import ParsedOptions
    from imagelint.documents.packages.packagemanager import Cache, Manager, Run
    from imagelint.documents.shell.script import Command, Script, Word

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

# https://pip.pypa.io/en/stable/topics/configuration/
_NO_CACHE = pattern(r"^[ \t]*no[-_]cache[-_]dir[ \t]*[=:][ \t]*(\S+)", re.MULTILINE)


@remembered
def package_installs(command: Command) -> tuple[PackageInstall, ...]:
    """What a command installs; empty for a command that installs nothing.

    What loops and xargs make of a command is one installation. One more is what is fetched for it
    alone, by `uv run --with`.
    """
    found = [one for call in manager_calls(command) for one in _installed(call)]
    merged = tuple(found) if len(found) < 2 else (_merged(found),)  # noqa: PLR2004 - nothing to do
    return (*_beside(command), *merged) if FETCH_BESIDES & {*command.wrappers} else merged


def _beside(command: Command) -> Iterator[PackageInstall]:
    """What wrappers of a command fetch for it."""
    names = [word.text.rpartition("/")[2] for word in command.wrapping]
    for at, name in enumerate(names):
        if name in FETCH_BESIDES:
            call = Call(BY_PROGRAM[name], command, command.wrapping[at + 1 :])
            yield from _fetched(call)
            return


def _installed(call: Call) -> tuple[PackageInstall, ...]:
    if call.words.has(*call.manager.dry_run):
        return ()
    return (() if call.run else call.manager.read(call)) or _fetched(call)


def _merged(rounds: list[PackageInstall]) -> PackageInstall:
    """The first of some rounds, with what all that do the same install."""
    first = rounds[0]
    same = [one for one in rounds if one.verb == first.verb]
    return first._replace(
        packages=tuple(dict.fromkeys(each for one in same for each in one.packages)),
        files=tuple(dict.fromkeys(each for one in same for each in one.files)),
        constraints=tuple(dict.fromkeys(each for one in same for each in one.constraints)),
        listed=tuple(dict.fromkeys(each for one in same for each in one.listed)),
        projects=tuple(dict.fromkeys(each for one in same for each in one.projects)),
        indexes=tuple(dict.fromkeys(each for one in same for each in one.indexes)),
        trusted_hosts=tuple(dict.fromkeys(each for one in same for each in one.trusted_hosts)),
        complete=all(one.complete for one in same),
    )


def _fetched(call: Call) -> tuple[PackageInstall, ...]:
    """What a call fetches to start it, as one installation; none for any other call."""
    for run in call.manager.runs:
        if run.read is None or (call.run or run) != run:
            continue
        valued = call.manager.valued | run.valued
        words = sort_words(_own(call.arguments, valued, len(run.verb.split()) + 1), valued)
        verb, operands = words.verb((run.verb,)) if run.verb else (run.program, words.operands)
        if not verb or (not call.run and not run.verb):
            continue
        packages = () if words.has(*run.never) else tuple(_packages(run, words, operands))
        found = _install(call, run, words, packages)
        return (found,) if packages or found.files else ()
    return ()


def _own(words: tuple[Word, ...], valued: frozenset[str], count: int) -> tuple[Word, ...]:
    """The words up to the program, the last of `count` operands: all behind it is told that."""
    skip = False
    for at, word in enumerate(words):
        text = bare_text(word)
        if skip or text[:1] == "-":
            skip = not skip and text in valued
            continue
        count -= 1
        if not count:
            return words[: at + 1]
    return words


def _packages(run: Run, words: ParsedOptions, operands: tuple[Word, ...]) -> Iterator[Requirement]:
    named = words.values(*run.named_by) or (operands[:1] if run.fetches else ())
    others = (part for word in words.values(*run.besides) for part in parts_at_commas(word))
    for word in (*named, *others):
        found = run.read(word) if run.read else None
        if found is not None:
            yield found


def _install(
    call: Call, run: Run, words: ParsedOptions, packages: tuple[Requirement, ...]
) -> PackageInstall:
    return PackageInstall(
        call.command.span,
        call.command,
        call.manager,
        run.verb or run.program,
        packages,
        files=words.values(*run.files),
        constraints=words.values(*run.constraints),
        indexes=tuple(run.indexes(words)) if run.indexes else (),
        options=words.options,
        assume_yes=True,
        no_cache=any(writes_nothing(call, words, cache) for cache in call.manager.caches),
        complete=words.complete,
        run=run,
    )


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


def setting_in_file(text: str) -> str:
    """What a file of pip's settings says of the cache, by the last of its lines that do."""
    return next((match[1] for match in reversed([*_NO_CACHE.finditer(text)])), "")


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
