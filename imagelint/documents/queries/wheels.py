"""Questions about where Python wheels come from, and what they are built for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.model import start_of
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import MANAGERS
from imagelint.documents.packages.model import InstalledFile
from imagelint.documents.packages.packagemanager import Ecosystem
from imagelint.documents.shared import EnvVar
from imagelint.knowledge.platforms import (
    platform_of_default_wheel,
    platform_of_index,
    platform_of_wheel,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.packages.model import PackageInstall, Requirement
    from imagelint.documents.shell.script import Script
    from imagelint.knowledge.platforms import Platform

__all__ = ["Wheels", "torch_wanted", "wheels"]

_VARIABLES = frozenset(
    name
    for manager in MANAGERS
    if manager.ecosystem is Ecosystem.PYPI
    for name in manager.index_variables
)


class Wheels(NamedTuple):
    """What a stage installs that is built for one platform.

    `span` is what says so, `sure` is false where it may not be done (`if [ "$GPU" = 1 ]; then …`),
    `default` is true where nothing is said, so that it is what PyPI has.
    """

    span: Span
    platform: Platform
    sure: bool = True
    default: bool = False


def wheels(document: Document, stage: Stage) -> Iterator[Wheels]:
    """What the installations and variables of a stage say of the platform of their wheels.

    One for each platform and command, the first that says so, in source order. What a requirements
    file says that is installed stands in that file.
    """
    indexes = False
    files = document.derived(_files_by_name)
    for part in _parts(stage):
        if isinstance(part, EnvVar):
            for span, url in _of_variable(part):
                indexes = True
                yield from _of_index(span, url, sure=True)
            continue
        for command in part.commands:
            installs = package_installs(command)
            if not installs and not command.assignments:
                continue
            found = [one for variable in command.assignments for one in _of_variable(variable)]
            indexes = indexes or bool(found)
            said = [one for at, url in found for one in _of_index(at, url, sure=True)]
            for install in installs:
                listed = _listed(install, files)
                every = [*install.indexes, *(one for file in listed for one in file.indexes)]
                packages = [*install.packages, *(one for file in listed for one in file.packages)]
                indexes = indexes or bool(every)
                whole = install._replace(indexes=tuple(every), packages=tuple(packages))
                said += _of_install(whole, default=not indexes)
            yield from _first_of_each(said)


def torch_wanted(document: Document, stage: Stage) -> Iterator[Requirement]:
    """The exact versions of torch that the commands of a stage certainly install from PyPI."""
    files = document.derived(_files_by_name)
    for script in stage.scripts:
        for command in script.commands:
            for install in package_installs(command):
                if install.ecosystem is Ecosystem.PYPI and command.unconditional:
                    listed = (one for file in _listed(install, files) for one in file.packages)
                    yield from filter(_is_exact_torch, (*install.packages, *listed))


def _files_by_name(document: Document) -> dict[Span, list[InstalledFile]]:
    """The lists that are installed, by the words that name them, or by the commands."""
    found: dict[Span, list[InstalledFile]] = {}
    for file in document.nodes_of(InstalledFile):
        found.setdefault(file.named, []).append(file)
    return found


def _listed(
    install: PackageInstall, files: Mapping[Span, list[InstalledFile]]
) -> list[InstalledFile]:
    """The files that an installation names, those that these name, and its projects."""
    words = (*install.files, *install.listed, *install.constraints)
    named = [word.span for word in words]
    return [file for span in (*named, install.span) for file in files.get(span, ())]


def _is_exact_torch(package: Requirement) -> bool:
    return package.name == "torch" and bool(package.version) and not package.url


def _parts(stage: Stage) -> list[EnvVar | Script]:
    set_here = [one for name in _VARIABLES for one in stage.variables.get(name, ())]
    parts: list[EnvVar | Script] = [*stage.scripts, *set_here]
    return sorted(parts, key=start_of)


def _of_index(span: Span, url: str, *, sure: bool) -> Iterator[Wheels]:
    platform = platform_of_index(url)
    if platform is not None:
        yield Wheels(span, platform, sure)


def _of_install(install: PackageInstall, *, default: bool) -> Iterator[Wheels]:
    if not install.ecosystem.holds_python:
        return
    sure = install.command.unconditional
    for index in install.indexes:
        if isinstance(index.url, Known):
            yield from _of_index(index.span, index.url.value, sure=sure)
    conda = install.ecosystem is Ecosystem.CONDA
    for package in install.packages:
        name, version = package.name, package.version
        platform = platform_of_wheel(name, version, package.url, conda=conda)
        if platform is not None:
            yield Wheels(package.span, platform, sure)
        elif default and not conda and (usual := platform_of_default_wheel(name, version)):
            yield Wheels(package.span, usual, sure, default=True)


def _first_of_each(found: list[Wheels]) -> Iterator[Wheels]:
    seen: set[Platform] = set()
    for one in found:
        if one.platform not in seen:
            seen.add(one.platform)
            yield one


def _of_variable(variable: EnvVar) -> Iterator[tuple[Span, str]]:
    if variable.name in _VARIABLES and isinstance(variable.value, Known):
        yield from ((variable.value_span, part) for part in variable.value.value.split())
