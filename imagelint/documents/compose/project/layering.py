"""What a compose file may get from others of the run: laid over it (`-f`), or taking it."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.documents.complaints import MalformedComposeFile, UndefinedComposeName
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.compose.project.names import (
    SECTIONS,
    DefinedName,
    TakenFile,
    file_taken,
    name_defined,
)
from imagelint.documents.compose.project.references import references
from imagelint.documents.compose.values import says_what_runs
from imagelint.documents.proxies.upstreams import service_called

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
            brought = any(says_what_runs(one.body) for one in others.services(name))
        else:
            brought = False
        if not brought:
            yield complaint


class _Others:
    """The files of a run that may be put together with one."""

    def __init__(self, document: ComposeFile, project: Project) -> None:
        self._own = document.source.origin
        self._kind = document.kind
        self._project = project
        self._services = document.services
        self._sections: dict[Span, str] = {}
        self._taking: frozenset[str] | None = None

    def define(self, name: str, span: Span) -> bool:
        """Whether one defines the name that is used at a place."""
        section = self._section(span)
        if section not in SECTIONS:
            return any(self.services(name))
        defined = self._project.named(self._kind, name_defined(section, name), DefinedName)
        return any(self._joins(origin) for origin, _ in defined)

    def services(self, name: str) -> Iterator[ComposeService]:
        """The services of that name in them."""
        called = self._project.named(self._kind, service_called(name), ComposeService)
        for origin, service in called:
            if service.name == name and self._joins(origin):
                yield service

    def _section(self, span: Span) -> str:
        """The section of which a name is used at a place."""
        if not self._sections:
            found = (one for service in self._services for one in references(service.body))
            self._sections = {one.span: one.section for one in found}
        return self._sections.get(span, "")

    def _joins(self, origin: str) -> bool:
        if origin == self._own:
            return False
        if _are_related(dirname(origin), dirname(self._own)):
            return True
        if self._taking is None:
            taken = self._project.named(self._kind, file_taken(self._own), TakenFile)
            self._taking = frozenset(by for by, one in taken if one.may_be(self._own))
        return origin in self._taking


def _are_related(folder: str, other: str) -> bool:
    outer, inner = sorted((folder, other), key=len)
    return not outer or inner == outer or inner.startswith(f"{outer}/")
