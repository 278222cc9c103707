"""Questions about what a command installs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.packages.conda import read_conda
from imagelint.documents.packages.languages import read_cargo, read_gem, read_go, read_node
from imagelint.documents.packages.model import (
    Option,
    PackageIndex,
    PackageInstall,
    Requirement,
)
from imagelint.documents.packages.python import (
    is_pip,
    is_python,
    read_pip,
    read_pipx,
    read_poetry,
    read_python,
    read_uv,
)
from imagelint.documents.packages.system import (
    APT,
    RPM,
    index_verb,
    read_apk,
    read_apt,
    read_rpm,
    read_zypper,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.documents.shell.script import Command

__all__ = ["Option", "PackageIndex", "PackageInstall", "Requirement"]
__all__ += ["caches_removed", "package_installs", "refreshes_index"]

_READERS: Mapping[str, Callable[[Command], tuple[PackageInstall, ...]]] = {
    **dict.fromkeys(APT, read_apt),
    **dict.fromkeys(RPM, read_rpm),
    **dict.fromkeys(("conda", "mamba", "micromamba"), read_conda),
    **dict.fromkeys(("npm", "yarn", "pnpm"), read_node),
    "apk": read_apk,
    "cargo": read_cargo,
    "gem": read_gem,
    "go": read_go,
    "pipx": read_pipx,
    "poetry": read_poetry,
    "uv": read_uv,
    "zypper": read_zypper,
}
_FOLDERS = (
    ("/var/lib/apt/lists", "apt-lists"),
    ("/var/cache/apt", "apt"),
    ("/var/cache/apk", "apk"),
    ("/var/cache/yum", "yum"),
    ("/var/cache/dnf", "dnf"),
    ("/var/cache/zypp", "zypper"),
    ("/.cache/pip", "pip"),
    ("/.cache/uv", "uv"),
    ("/.npm", "npm"),
)
_CLEANERS = frozenset({*APT, *RPM, "zypper", "conda", "mamba", "micromamba"})
_CLEANING = frozenset({"clean", "cc"})
_EMPTYING = frozenset({"distclean", "dist-clean"})


def package_installs(command: Command) -> tuple[PackageInstall, ...]:
    """What a command installs; empty for a command that installs nothing.

    One command is one installation at most today; the tuple leaves room for more.
    """
    program = command.program
    reader = _READERS.get(program)
    if reader is not None:
        return reader(command)
    if is_pip(program):
        return read_pip(command)
    return read_python(command) if is_python(program) else ()


def refreshes_index(command: Command) -> str:
    """The ecosystem (`deb`, `apk`, `rpm`) whose package index the command fetches, or empty."""
    return index_verb(command)


def caches_removed(command: Command) -> tuple[str, ...]:
    """Whose left-overs a command removes.

    Some of `apt-lists` (`rm -rf /var/lib/apt/lists/*`), `apt`, `apk`, `yum`, `dnf`, `microdnf`,
    `tdnf`, `zypper`, `pip`, `uv`, `conda`, `npm`, `yarn`, `pnpm`. `apt-get clean` keeps the lists,
    `apt-get distclean` removes them as well (apt 2.7.8 on, apt-get(8)).
    """
    texts = [word.text for word in command.arguments]
    if command.program in ("rm", "find"):
        return _folders(texts)
    if command.program in _CLEANERS:
        if command.program in APT and _EMPTYING.intersection(texts):
            return ("apt-lists", "apt")
        return _cleaned(command.program) if _CLEANING.intersection(texts) else ()
    cleans = {"cache"} & set(texts) and {"purge", "clean", "prune", "rm"} & set(texts)
    if cleans and (command.program in ("uv", "npm", "yarn", "pnpm") or is_pip(command.program)):
        return ("pip" if is_pip(command.program) else command.program,)
    if texts[:2] == ["store", "prune"] and command.program == "pnpm":
        return ("pnpm",)
    if is_python(command.program) and texts[:4] == ["-m", "pip", "cache", "purge"]:
        return ("pip",)
    return ()


def _cleaned(program: str) -> tuple[str, ...]:
    if program in APT:
        return ("apt",)
    return ("conda",) if program.endswith(("conda", "mamba")) else (program.rstrip("5"),)


def _is_home_cache(path: str, folder: str) -> bool:
    """Whether the whole `~/.cache` goes, and the folder with it."""
    return path.endswith("/.cache") and folder.startswith("/.cache/")


def _folders(texts: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for text in texts:
        path = text.strip("\"'").rstrip("*").rstrip("/")
        for folder, name in _FOLDERS:
            here = path == folder or path.endswith(folder) or _is_home_cache(path, folder)
            if (here or (folder.startswith(f"{path}/") and path.startswith("/var/"))) and (
                name not in found
            ):
                found.append(name)
    return tuple(found)
