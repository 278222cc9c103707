"""Which package manager a command runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.packages.conda import CONDA, PIXI
from imagelint.documents.packages.languages import BUN, CARGO, COREPACK, GEM, GO, NPM, PNPM, YARN
from imagelint.documents.packages.packagemanager import Call, Manager, Run
from imagelint.documents.packages.python import PDM, PIP, PIPX, POETRY, UV, is_python
from imagelint.documents.packages.system import (
    APK,
    APT,
    APTITUDE,
    DNF,
    MICRODNF,
    TDNF,
    YUM,
    ZYPPER,
)
from imagelint.documents.remembered import remembered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.documents.shell.script import Command, Word

__all__ = [
    "BY_PROGRAM",
    "DEMANDING",
    "MANAGERS",
    "PACKAGE_PROGRAMS",
    "manager_call",
    "manager_calls",
]

MANAGERS: tuple[Manager, ...] = (
    *(APT, APTITUDE, APK, YUM, DNF, MICRODNF, TDNF, ZYPPER),
    *(PIP, UV, PIPX, POETRY, PDM, CONDA, PIXI),
    *(NPM, YARN, PNPM, BUN, COREPACK, GEM, CARGO, GO),
)
INSTALLERS = frozenset(name for manager in MANAGERS for name in manager.own)
"""Packages that install others: they are not what is served."""
BY_PROGRAM: Mapping[str, Manager] = {
    program: manager for manager in MANAGERS for program in manager.programs
}
"""The managers by their executables."""
_BY_MODULE: Mapping[str, Manager] = {
    module: manager for manager in MANAGERS for module in manager.modules
}
_BY_STARTER: Mapping[str, tuple[Manager, Run]] = {
    run.program: (manager, run)
    for manager in MANAGERS
    for run in manager.runs
    if run.fetches and not run.verb
}
PACKAGE_PROGRAMS = frozenset((*BY_PROGRAM, *_BY_STARTER, "python", "pypy"))
"""The programs, without their versions, that may be a package manager or run one."""
_VERSION = "-0123456789."


@remembered
def manager_call(command: Command) -> Call | None:
    """The package manager that a command runs, and what it is told; None for any other program.

    Found as `pip`, as `pip3.11` and as `python -m pip`. Of one in a loop it is the first round.
    """
    return _call(command, next(command.rounds()))


def manager_calls(command: Command) -> tuple[Call, ...]:
    """The same for each round of the loops, and of xargs, that run a command."""
    if not command.given:
        call = manager_call(command)
        return (call,) if call else ()
    return tuple(call for words in command.rounds() if (call := _call(command, words)))


def _call(command: Command, words: tuple[Word, ...]) -> Call | None:
    program = command.program
    manager = BY_PROGRAM.get(program) or BY_PROGRAM.get(program.rstrip(_VERSION))
    if manager is not None:
        return Call(manager, command, words)
    if program in _BY_STARTER:
        manager, run = _BY_STARTER[program]
        return Call(manager, command, words, run)
    return _module_call(command, words) if is_python(program) else None


def _module_call(command: Command, words: tuple[Word, ...]) -> Call | None:
    """`python -I -m pip …`: words before `-m` can only be switches."""
    for index, word in enumerate(words[:-1]):
        if word.text == "-m":
            manager = _BY_MODULE.get(words[index + 1].text)
            return Call(manager, command, words[index + 2 :]) if manager else None
        if not word.text.startswith("-"):
            break
    return None


DEMANDING = (" ci", "clean-install", "frozen", "locked", "immutable", "sync", "poetry", "pdm")
"""What stands in a text that demands a lock file: a cheap look ahead."""
SETTING_MARKS = ("rc", "pip", ".toml", ".d/")
"""What stands in a text that puts a file of settings anywhere: likewise."""
ACTIVATING: Mapping[str, tuple[str, ...]] = {
    "conda": ("activate", "deactivate"),
    "mamba": ("activate", "deactivate"),
    "micromamba": ("activate", "deactivate"),
    "nvm": ("use",),
    "pyenv": ("shell",),
    "module": ("load", "use"),
}
"""By program, its subcommands that do no more than that."""
SOURCED = frozenset({"activate", ".bashrc", ".profile", "setvars.sh", "nvm.sh", "conda.sh"})
"""Files that set up an environment for the shell which reads them."""
