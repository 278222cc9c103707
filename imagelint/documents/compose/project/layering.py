"""What a compose file may get from others of the run, which somebody lays over it (`-f`)."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.documents.complaints import MalformedComposeFile, UndefinedComposeName
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.compose.values import says_what_runs
from imagelint.documents.proxies.upstreams import service_called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.compose.document import ComposeFile
    from imagelint.documents.project import Project


def lasting(document: ComposeFile, project: Project) -> Iterator[Complaint]:
    """The complaints about a file, but for those of what another file may bring.

    That is a service which is not defined, or what one runs. A file of the same folder, or of one
    above or below it, may be put together with this one.
    """
    bare = {one.name for one in document.services if not says_what_runs(one.body)}
    for complaint in document.complaints:
        name = complaint.subject
        if isinstance(complaint, UndefinedComposeName):
            brought = any(_elsewhere(name, document, project))
        elif isinstance(complaint, MalformedComposeFile) and name in bare:
            brought = any(says_what_runs(one.body) for one in _elsewhere(name, document, project))
        else:
            brought = False
        if not brought:
            yield complaint


def _elsewhere(name: str, document: ComposeFile, project: Project) -> Iterator[ComposeService]:
    """The services of that name in other files that may be put together with one."""
    own = document.source.origin
    for origin, service in project.named(document.kind, service_called(name), ComposeService):
        related = origin != own and _are_related(dirname(origin), dirname(own))
        if related and service.name == name:
            yield service


def _are_related(folder: str, other: str) -> bool:
    outer, inner = sorted((folder, other), key=len)
    return not outer or inner == outer or inner.startswith(f"{outer}/")
