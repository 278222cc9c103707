"""What a compose file may get from others of the run: laid over it (`-f`), or taking it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.complaints import MalformedComposeFile, UndefinedComposeName
from imagelint.documents.compose.project.names import (
    SECTIONS,
    DefinedName,
    TakenFile,
    file_taken,
    folders_above,
    name_defined,
    name_defined_below,
    name_defined_in,
)
from imagelint.documents.compose.project.references import references
from imagelint.documents.compose.values import says_what_runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Complaint
    from imagelint.documents.compose.document import ComposeFile
    from imagelint.documents.project import Project


def lasting(document: ComposeFile, project: Project) -> Iterator[Complaint]:
    """The complaints about a file, but for those of what another file may bring.

    That is a name which is not defined, or what a service runs. A file of the same folder, or of
    one above or below it, may be put together with this one, and so may one that extends services
    of it or includes it.
    """
    others = _Others(document, project)
    bare = {one.name for one in document.services if not says_what_runs(one.body)}
    for complaint in document.complaints:
        name = complaint.subject
        if isinstance(complaint, UndefinedComposeName):
            brought = others.define(name, complaint.span)
        elif isinstance(complaint, MalformedComposeFile) and name in bare:
            brought = others.run(name)
        else:
            brought = False
        if not brought:
            yield complaint


class _Others:
    """The files of a run that may be put together with one."""

    def __init__(self, document: ComposeFile, project: Project) -> None:
        self._own = document.source.origin
        self._kind = document.kind
        # Nothing of them is said: they need not be looked at for secrets.
        self._project = project.aside()
        self._services = document.services
        self._sections: dict[Span, str] = {}
        self._taking: frozenset[str] | None = None

    def define(self, name: str, span: Span) -> bool:
        """Whether one defines the name that is used at a place."""
        section = self._section(span)
        found = self._definitions(section if section in SECTIONS else "services", name)
        return next(found, None) is not None

    def run(self, name: str) -> bool:
        """Whether one says what the service of that name runs."""
        return any(one.runs for one in self._definitions("services", name))

    def _definitions(self, section: str, name: str) -> Iterator[DefinedName]:
        above = folders_above(self._own)
        keys = [name_defined(section, name, folder) for folder in above[1:]]
        keys.append(name_defined_below(section, name, above[0]))
        for key in keys:
            for origin, one in self._project.named(self._kind, key, DefinedName):
                if origin != self._own:
                    yield one
        for origin in self._takers():
            key = name_defined_in(section, name, origin)
            for _, one in self._project.named(self._kind, key, DefinedName):
                yield one

    def _takers(self) -> frozenset[str]:
        """The files that extend services of this one, or include it."""
        if self._taking is None:
            taken = self._project.named(self._kind, file_taken(self._own), TakenFile)
            own = {self._own}
            self._taking = frozenset(by for by, one in taken if one.may_be(self._own)) - own
        return self._taking

    def _section(self, span: Span) -> str:
        """The section of which a name is used at a place."""
        if not self._sections:
            found = (one for service in self._services for one in references(service.body))
            self._sections = {one.span: one.section for one in found}
        return self._sections.get(span, "")
