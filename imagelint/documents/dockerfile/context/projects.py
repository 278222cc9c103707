"""The projects and environments which an installation puts into an image, and what they need."""

from __future__ import annotations

from posixpath import basename, join
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.packages.model import InstalledFile, UnreadRequirements
from imagelint.documents.packages.packagemanager import Ecosystem
from imagelint.documents.packages.pep508 import normalise
from imagelint.documents.packages.projects import PROJECT_FILE, parse_lock, parse_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.source import Source
    from imagelint.documents.dockerfile.context.image import FileText, ImageFiles
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.packages.model import PackageInstall
    from imagelint.documents.packages.projects import ProjectList
    from imagelint.documents.parts import TextPart
    from imagelint.documents.shell.script import Word

__all__ = ["ProjectReader"]

_ENVIRONMENTS = (".yml", ".yaml")


class ProjectReader:
    """Reads what is installed without a requirements file; each text once, whoever installs it.

    `attach` makes a text a part of the document: one that is installed at an offset. `unread` is
    what could not be read, by its name.
    """

    def __init__(self, files: ImageFiles, attach: Callable[[FileText, int], TextPart]) -> None:
        self.unread: dict[str, UnreadRequirements] = {}
        self._files = files
        self._attach = attach
        self._parts: dict[FileText, TextPart] = {}
        self._read: dict[tuple[FileText, object], ProjectList | None] = {}

    def read(
        self, install: PackageInstall, folder: str, stage: Stage, at: int
    ) -> Iterator[InstalledFile]:
        """What an installation in a folder, at an offset of a stage, takes from lists."""
        for project in install.projects:
            yield from self._project(install, join(folder, project), stage, at)
        if install.ecosystem is Ecosystem.CONDA:
            for word in install.files:
                if isinstance(word.value, Known):
                    yield from self._environment(word, join(folder, word.text), stage, at)

    def _project(
        self, install: PackageInstall, folder: str, stage: Stage, at: int
    ) -> Iterator[InstalledFile]:
        """Where a lock that the installer obeys holds a package, that says which version it is."""
        word, program = install.command.words[0], install.manager.name
        text = self._text(word, join(folder, PROJECT_FILE), stage, at)
        if text is None:
            return
        needed = self._list(text, at, program, lambda source: parse_project(source, program))
        if needed is None:
            self._broken(word, text)
            return
        left, names = _left_out(install), needed.names
        lock = install.manager.lock
        files = lock.files if install.verb in (*lock.verbs, *lock.read_by) else ()
        found = (self._text(word, join(folder, name), stage, at) for name in files)
        locking = next(filter(None, found), None)
        if locking is not None:
            locked = self._list(locking, at, names, lambda source: parse_lock(source, names))
            if locked is not None:
                yield _listed(locked.without(left), install.span)
                left |= locked.names
        yield _listed(needed.without(left), install.span)

    def _environment(self, word: Word, name: str, stage: Stage, at: int) -> Iterator[InstalledFile]:
        from imagelint.documents.packages.environments import parse_environment, parse_specs

        text = self._text(word, name, stage, at)
        if text is None:
            return
        parse = parse_environment if name.endswith(_ENVIRONMENTS) else parse_specs
        listed = self._list(text, at, parse, parse)
        if listed is None:
            self._broken(word, text)
        else:
            yield _listed(listed, word.span)

    def _text(self, word: Word, name: str, stage: Stage, at: int) -> FileText | None:
        """The text of a file of the image; None where it is not there, or not read.

        Behind a `cd` to a place that nobody knows (`?`) only what is named from the root is.
        """
        if name.startswith("?"):
            return None
        self._files.sought = ""
        text = self._files.lone_file(name, stage, at)
        sought = self._files.sought
        if text is None and sought in self._files.too_large:
            said = UnreadRequirements(word.span, basename(name), sought, too_large=True)
            self.unread.setdefault(sought, said)
        return text

    def _broken(self, word: Word, text: FileText) -> None:
        name = text.name or word.text
        said = UnreadRequirements(word.span, basename(name), name, broken=True)
        self.unread.setdefault(name, said)

    def _list(
        self,
        text: FileText,
        at: int,
        key: object,
        parse: Callable[[Source], ProjectList | None],
    ) -> ProjectList | None:
        """What a text says, at its places in the document."""
        if (text, key) not in self._read:
            if text not in self._parts:
                self._parts[text] = self._attach(text, at)
            part = self._parts[text]
            found = parse(part.source)
            self._read[text, key] = None if found is None else _shifted(found, part)
        return self._read[text, key]


def _left_out(install: PackageInstall) -> frozenset[str]:
    """The packages that uv is told not to install.

    https://docs.astral.sh/uv/reference/cli/#uv-sync--no-install-package
    """
    values = (one.value for one in install.options if one.name == "--no-install-package")
    return frozenset(normalise(word.text) for word in values if word is not None)


def _shifted(listed: ProjectList, part: TextPart) -> ProjectList:
    return listed._replace(
        packages=tuple(one._replace(span=part.shifted(one.span)) for one in listed.packages),
        indexes=tuple(one._replace(span=part.shifted(one.span)) for one in listed.indexes),
    )


def _listed(listed: ProjectList, named: Span) -> InstalledFile:
    starts = [one.span.start for one in listed.packages]
    starts += [one.span.start for one in listed.indexes]
    start = min(starts, default=named.start)
    return InstalledFile(Span(start, start), named, listed.packages, listed.indexes)
