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
    asked: dict[str, None] = {}
    gaps: list[DocumentError] = []
    found: list[Embedded] = []
    pending = [("", document)]
    while pending:
        folder, each = pending.pop()
        for reference in each.references:
            name = normpath(join(folder, reference.path)) if reference.path else ""
            # What an included file names has no place in this one.
            place = reference.span if each is document else None
            if _is_elsewhere(reference.path):
                gaps += [] if reference.constraint else [_elsewhere(reference, place)]
                continue
            if not name or name in asked:
                continue
            if len(asked) == _MOST:
                gaps.append(_too_large(name, place, f"{_MOST} files are included before it"))
                pending.clear()
                break
            asked[name] = None
            inner = _read(beside(document.source.origin, name), read(name))
            if isinstance(inner, str):
                gaps.append(_missing(name, place) if not inner else _too_large(name, place, inner))
            elif inner is not None and not reference.constraint:
                found.append(Embedded(inner))
                pending.append((dirname(name), inner))
    document.asked = tuple(asked)
    document.gaps = tuple(gaps)
    document.embedded = tuple(found)
    return document


def _read(origin: str, text: str | None) -> Requirements | str | None:
    """The document of an included file; None where it is examined by itself, for its name tells.

    A word where it is not examined: empty where there is none, or in how far it is too large.
    """
    from imagelint.documents.kinds import KINDS, kind_by_path
    from imagelint.documents.packages.requirements import parse_requirements

    if text is None:
        return ""
    if kind_by_path(origin.lower()) == "requirements":
        return None
    most = KINDS["requirements"].most_lines
    if most is not None and text.count("\n") > most:
        return f"it has more than {most:,} lines"
    return parse_requirements(Source(origin, text))


def _is_elsewhere(path: str) -> bool:
    return _NETWORK in path or _VARIABLE in path


def _elsewhere(reference: FileReference, span: Span | None) -> DocumentError:
    why = "it stands elsewhere in the network"
    if _VARIABLE in reference.path:
        why = "its name depends on a variable"
    message = f"`{reference.path}` is included and was not examined: {why}"
    return DocumentError(ProblemKind.UNREADABLE, message, span)


def _missing(path: str, span: Span | None) -> DocumentError:
    message = f"`{path}` is included and was not examined: it is not there, or outside"
    return DocumentError(ProblemKind.UNREADABLE, f"{message} of the repository", span, _HELP)


def _too_large(path: str, span: Span | None, why: str) -> DocumentError:
    message = f"`{path}` is included and was not examined: {why}"
    return DocumentError(ProblemKind.TOO_LARGE, message, span)
