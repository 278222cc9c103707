"""Questions about what files list that are installed: which packages, and with which hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.packages.model import InstalledFile
from imagelint.documents.packages.packagemanager import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.packages.model import PackageInstall, Requirement
    from imagelint.documents.shell.script import Word

__all__ = ["listed_packages", "project_packages", "unhashed_files"]


def unhashed_files(document: Document, install: PackageInstall) -> Iterator[tuple[Word, int]]:
    """The files of an installation that give no hash, each with how many packages lack one.

    Only those whose text is known; with a single hash all are checked.
    """
    listed = document.derived(_listed)
    for word in install.files:
        packages = listed.get(word.span, ())
        fetched = sum(not (package.local or package.url) for package in packages)
        if fetched and not any(package.hashed for package in packages):
            yield word, fetched


def listed_packages(document: Document, install: PackageInstall) -> tuple[Requirement, ...]:
    """What the requirements files of an installation list, and what its projects need.

    As far as their texts are known.
    """
    if install.ecosystem is Ecosystem.CONDA:
        return project_packages(document, install)
    listed = document.derived(_listed) if install.files else {}
    words = (one for word in install.files for one in listed.get(word.span, ()))
    return (*words, *project_packages(document, install))


def project_packages(document: Document, install: PackageInstall) -> tuple[Requirement, ...]:
    """What the projects and environments need that are installed.

    In the versions of the lock of a project, if there is one.
    """
    named = [install.span] if install.projects else []
    if install.ecosystem is Ecosystem.CONDA:
        named += [word.span for word in install.files]
    listed = document.derived(_listed) if named else {}
    return tuple(one for span in named for one in listed.get(span, ()))


def _listed(document: Document) -> dict[Span, tuple[Requirement, ...]]:
    """What files list, with those that they name, by the words of commands; projects by these."""
    found: dict[Span, list[Requirement]] = {}
    for one in document.nodes_of(InstalledFile):
        found.setdefault(one.named, []).extend(one.packages)
    return {named: tuple(packages) for named, packages in found.items()}
