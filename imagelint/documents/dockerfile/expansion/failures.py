"""What of a text cannot be expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.expansion.substitution import (
    ExpansionError,
    RequiredVariableError,
)
from imagelint.documents.dockerfile.expansion.variables import expand

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.expansion.variables import ExpansionStyle, Lookup

_MOST_TRIED = 32  # substitutions of a line


class ExpansionFailure(NamedTuple):
    """Why the build refuses a text, and where, as offsets in it."""

    start: int
    end: int
    message: str


def first_failure(text: str, lookup: Lookup, style: ExpansionStyle) -> ExpansionFailure | None:
    """What ends the expansion of a text of lines; None where nothing does, or it is demanded."""
    message = _message(text, lookup, style)
    start = 0
    for line in text.splitlines(keepends=True) if message else ():
        if "${" in line and _message(line, lookup, style):
            at = _place(line, lookup, style)
            return ExpansionFailure(start + at, start + len(line.rstrip()), message)
        start += len(line)
    return None


def _place(line: str, lookup: Lookup, style: ExpansionStyle) -> int:
    """Where what cannot be expanded begins in a line: the last such place, if it is near."""
    at = len(line)
    for _ in range(_MOST_TRIED):
        at = line.rfind("${", 0, at)
        if at < 0:
            break
        if _message(line[at:], lookup, style):
            return at
    return line.index("${")


def _message(text: str, lookup: Lookup, style: ExpansionStyle) -> str:
    """Why the build refuses to expand a text, empty where it does not."""
    try:
        expand(text, lookup, style)
    except RequiredVariableError:
        return ""
    except ExpansionError as error:
        return str(error)
    return ""
