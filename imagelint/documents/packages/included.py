"""Files that a requirements file includes: whatever their names are, pip installs what they say.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError, Embedded
from imagelint.documents.project import beside

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.kinds import Beside
    from imagelint.documents.packages.requirements import FileReference, Requirements

_NETWORK, _VARIABLE = "://", "$"
_MOST = 100
_HELP = "pip refuses the whole file without it: add it, or remove the line"


def included(document: Requirements, read: Beside) -> Requirements:
    """The document with those that only it tells of, and a gap for each that is not to be had."""
    asked: dict[str, str | None] = {}
    gaps: list[DocumentError] = []
    found: list[Embedded] = []
    pending = [("", document)]
    while pending:
        folder, each = pending.pop()
        for reference in each.references:
            name = normpath(join(folder, reference.path)) if reference.path else ""
            if _is_elsewhere(reference.path):
                if not reference.constraint:
                    gaps.append(_elsewhere(reference, reference.span if each is document else None))
                continue
            if not name or name in asked or len(asked) == _MOST:
                continue
            text = asked[name] = read(name)
            if text is None and each is document:
                gaps.append(_missing(reference))
            inner = None if text is None else _inner(beside(document.source.origin, name), text)
            if inner is not None and not reference.constraint:
                found.append(Embedded(inner))
                pending.append((dirname(name), inner))
    document.asked = tuple(asked)
    document.gaps = tuple(gaps)
    document.embedded = tuple(found)
    return document


def _inner(origin: str, text: str) -> Requirements | None:
    """The document of an included file; None where its name tells that it is one."""
    from imagelint.documents.kinds import KINDS, kind_by_path
    from imagelint.documents.packages.requirements import parse_requirements

    most = KINDS["requirements"].most_lines or 0
    if kind_by_path(origin.lower()) == "requirements" or text.count("\n") > most:
        return None
    return parse_requirements(Source(origin, text))


def _is_elsewhere(path: str) -> bool:
    return _NETWORK in path or _VARIABLE in path


def _elsewhere(reference: FileReference, span: Span | None) -> DocumentError:
    why = "it stands elsewhere in the network"
    if _VARIABLE in reference.path:
        why = "its name depends on a variable"
    message = f"`{reference.path}` is included and was not examined: {why}"
    return DocumentError(ProblemKind.UNREADABLE, message, span)


def _missing(reference: FileReference) -> DocumentError:
    message = f"`{reference.path}` is included and was not examined: it is not there, or outside"
    return DocumentError(
        ProblemKind.UNREADABLE, f"{message} of the repository", reference.span, _HELP
    )
