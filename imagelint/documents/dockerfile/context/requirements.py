"""The requirements files which the RUNs of an image install, as far as the build context has them.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

from posixpath import dirname, join
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Source
from imagelint.documents.dockerfile.context.projects import ProjectReader
from imagelint.documents.dockerfile.document import InstalledFiles
from imagelint.documents.dockerfile.execution import BuildStep
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.model import InstalledFile, UnreadRequirements
from imagelint.documents.packages.packagemanager import Ecosystem
from imagelint.documents.packages.requirements import parse_requirements
from imagelint.documents.shell.inner import may_install_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from imagelint.core.source import Span
    from imagelint.documents.dockerfile.context.image import FileText, ImageFiles
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.packages.model import PackageInstall
    from imagelint.documents.packages.requirements import Requirements
    from imagelint.documents.parts import TextPart
    from imagelint.documents.shell.script import Command, Script, Word

_MOST_FILES = 20  # of one installation, with those that they name


class _Named(NamedTuple):
    """A file by its name in the image; of a constraint only what it says of indexes counts."""

    path: str
    constraint: bool


def read_installed_files(
    stages: Sequence[Stage], files: ImageFiles, attach: Callable[[FileText, int], TextPart]
) -> InstalledFiles:
    """What the files say that pip, or who does the same, is told to install in some stages.

    `attach` makes a text a part of the document: one that is installed at an offset.
    """
    found: list[InstalledFile] = []
    missing: dict[str, UnreadRequirements] = {}
    read: dict[FileText, tuple[Requirements, TextPart]] = {}
    unnamed: dict[FileText, Requirements] = {}
    projects = ProjectReader(files, attach)
    for stage in stages:
        for script in filter(may_install_files, stage.scripts):
            at = script.place.position if isinstance(script.place, BuildStep) else 0
            installs = tuple(_installs(script))
            found += (one for each in installs for one in projects.read(*each, stage, at))
            for word, name in _named(installs):
                files.sought = ""
                texts = tuple(_with_nested(name, files, stage, at))
                sought = files.sought
                too_large = sought in files.too_large
                if not texts and sought and (too_large or files.lacks(sought)):
                    unread = UnreadRequirements(word.span, word.text, sought, too_large)
                    missing.setdefault(sought, unread)
                for text, constraint in texts:
                    if text not in read:
                        part = attach(text, at)
                        read[text] = (parse_requirements(part.source), part)
                    found.append(_installed(*read[text], word.span, constraint=constraint))
                    if not constraint and _only_told_here(text, read[text][0]):
                        unnamed[text] = read[text][0]
    allowances = (
        one._replace(span=part.shifted(one.span), scope=part.shifted(one.scope))
        for document, part in read.values()
        for one in document.allowances
    )
    return InstalledFiles(
        tuple(found),
        tuple(allowances),
        tuple((missing | projects.unread).values()),
        tuple(unnamed.values()),
    )


def _only_told_here(text: FileText, document: Requirements) -> bool:
    """Whether a file in the context says nothing by its name, so that nobody else examines it."""
    from imagelint.documents.kinds import kind_by_path

    return bool(text.name) and kind_by_path(document.source.origin.lower()) != document.kind


def _installs(script: Script) -> Iterator[tuple[PackageInstall, str]]:
    """What installs Python packages, each with the folder in which that is done."""
    folder = ""
    for command in script.commands:
        if command.program == "cd":
            folder = _folder(command, folder)
            continue
        for install in package_installs(command):
            if install.ecosystem.holds_python:
                yield install, folder


def _named(installs: Iterable[tuple[PackageInstall, str]]) -> Iterator[tuple[Word, _Named]]:
    """The words that name a file to be installed, each with what it names."""
    for install, folder in installs:
        pip = install.ecosystem is Ecosystem.PYPI
        for word in (*install.files, *install.listed, *install.constraints) if pip else ():
            name = join(folder, word.text)
            if isinstance(word.value, Known) and not name.startswith("?"):
                yield word, _Named(name, word in install.constraints)


def _folder(command: Command, folder: str) -> str:
    """The working directory behind a `cd`; `?` where nobody knows."""
    words = command.arguments
    known = len(words) == 1 and isinstance(words[0].value, Known) and command.unconditional
    return join(folder, words[0].text) if known else "?"


def _with_nested(
    first: _Named, files: ImageFiles, stage: Stage, at: int
) -> Iterator[tuple[FileText, bool]]:
    """A file and those that it names, beside which they lie, each with whether it constrains."""
    pending, seen = [first], {first}
    while pending and len(seen) <= _MOST_FILES:
        path, constraint = pending.pop(0)
        text = files.lone_file(path, stage, at)
        if text is None:
            continue
        yield text, constraint
        for reference in parse_requirements(Source("", text.text)).references:
            named = _Named(join(dirname(path), reference.path), constraint or reference.constraint)
            if "$" not in reference.path and "://" not in reference.path and named not in seen:
                seen.add(named)
                pending.append(named)


def _installed(
    document: Requirements, part: TextPart, named: Span, *, constraint: bool
) -> InstalledFile:
    packages = () if constraint else document.packages
    return InstalledFile(
        part.shifted(document.span),
        named,
        packages=tuple(one._replace(span=part.shifted(one.span)) for one in packages),
        indexes=tuple(one._replace(span=part.shifted(one.span)) for one in document.indexes),
    )
