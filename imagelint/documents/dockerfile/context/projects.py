"""The projects and environments which an installation puts into an image, and what they need."""

from __future__ import annotations

from posixpath import join
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.packages.model import InstalledFile
from imagelint.documents.packages.pep508 import normalise
from imagelint.documents.packages.projects import PROJECT_FILE, parse_lock, parse_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.dockerfile.context.image import FileText
    from imagelint.documents.packages.model import PackageInstall
    from imagelint.documents.packages.projects import ProjectList
    from imagelint.documents.parts import TextPart
    from imagelint.documents.shell.script import Word

__all__ = ["read_environment", "read_project"]

_ENVIRONMENTS = (".yml", ".yaml")


def read_project(
    install: PackageInstall,
    folder: str,
    find: Callable[[str], FileText | None],
    attach: Callable[[FileText], TextPart],
) -> Iterator[InstalledFile]:
    """What a project needs that lies in a folder, if it says so.

    Where a lock that the installer obeys holds a package, that says which version it is. `find`
    tells the text of a file of the image, `attach` makes a text a part of the document.
    """
    text = find(join(folder, PROJECT_FILE))
    if text is None:
        return
    part = attach(text)
    left = _left_out(install)
    needed = parse_project(part.source, install.manager.name)
    lock = install.manager.lock
    names = lock.files if install.verb in (*lock.verbs, *lock.read_by) else ()
    found = next(filter(None, (find(join(folder, name)) for name in names)), None)
    if found is None:
        yield _listed(needed.without(left), part, install.span)
        return
    locks = attach(found)
    locked = parse_lock(locks.source, needed.names)
    yield _listed(needed.without(locked.names | left), part, install.span)
    yield _listed(locked.without(left), locks, install.span)


def _left_out(install: PackageInstall) -> frozenset[str]:
    """The packages that uv is told not to install.

    https://docs.astral.sh/uv/reference/cli/#uv-sync--no-install-package
    """
    values = (one.value for one in install.options if one.name == "--no-install-package")
    return frozenset(normalise(word.text) for word in values if word is not None)


def read_environment(
    word: Word,
    folder: str,
    find: Callable[[str], FileText | None],
    attach: Callable[[FileText], TextPart],
) -> Iterator[InstalledFile]:
    """What an environment of conda is made of that a word names, if its file is there."""
    known = isinstance(word.value, Known) and word.text.endswith(_ENVIRONMENTS)
    text = find(join(folder, word.text)) if known else None
    if text is not None:
        from imagelint.documents.packages.environments import parse_environment

        part = attach(text)
        yield _listed(parse_environment(part.source), part, word.span)


def _listed(listed: ProjectList, part: TextPart, named: Span) -> InstalledFile:
    return InstalledFile(
        part.shifted(Span(0, 0)),
        named,
        packages=tuple(one._replace(span=part.shifted(one.span)) for one in listed.packages),
        indexes=tuple(one._replace(span=part.shifted(one.span)) for one in listed.indexes),
    )
