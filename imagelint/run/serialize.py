"""Reports as JSON text and back, for the cache and for the way between processes."""

from __future__ import annotations

import gc
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from imagelint.core.finding import (
    Confidence,
    Edit,
    Excerpt,
    Finding,
    Fix,
    Location,
    Note,
    Severity,
)
from imagelint.core.record import NamedTuple
from imagelint.core.report import (
    AllowanceKind,
    Allowed,
    Examined,
    Ignored,
    IgnoreReason,
    Problem,
    ProblemKind,
    Report,
)
from imagelint.core.source import Position, Span
from imagelint.core.subject import About
from imagelint.deployment.landmarks import Holding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

T = TypeVar("T")
_MANY = 500
"""So many reports are the greater part of a run."""


class FileReport(NamedTuple):
    """A report about one file, with the digests of the other files that were looked at.

    `dependencies` pairs an origin (or `*` for the whole project) with the digest of its content,
    empty when the file did not exist. `held` is what the file holds for others, where it is known.
    """

    report: Report
    dependencies: tuple[tuple[str, str], ...] = ()
    held: Holding | None = None


def encode(stored: FileReport) -> str:
    """JSON text of a stored report: arrays in the order of the fields; ASCII, for any name."""
    import json

    return json.dumps(stored, separators=(",", ":"), default=_plain)


def decode_all(texts: Mapping[str, str]) -> dict[str, FileReport]:
    """What is stored under each key, as far as it can be decoded.

    Many records live to the end of a run: to look for cycles among them, time and again, took a
    tenth of a run in which most was known.
    """
    found = {key: stored for key, text in texts.items() if (stored := decode(text)) is not None}
    if len(found) >= _MANY:
        gc.freeze()
    return found


def decode(text: str) -> FileReport | None:
    """What `encode` made of a stored report; None for anything else."""
    import json

    try:
        report, dependencies, held = json.loads(text)
        findings, allowed, problems, examined, ignored, tables = report
        return FileReport(
            Report(
                tuple(_finding(row) for row in findings),
                tuple(_allowed(row) for row in allowed),
                tuple(_problem(row) for row in problems),
                tuple(_examined(row) for row in examined),
                tuple(_ignored(row) for row in ignored),
                _texts(tables),
            ),
            tuple(map(_pair, dependencies)),
            None if held is None else Holding(*map(_texts, held)),
        )
    except (ValueError, TypeError, LookupError, RecursionError):
        return None


def _plain(value: object) -> object:
    if isinstance(value, (Confidence, AllowanceKind, IgnoreReason, ProblemKind, About)):
        return value.value
    raise TypeError(f"cannot be stored: {type(value).__name__}")


_new = tuple.__new__
_PLAIN: dict[str, type] = {"str": str, "int": int, "bool": bool}
_TEXT = frozenset((str,))
_NUMBER = frozenset((int,))
_SEVERITIES = {int(one): one for one in Severity}
_CONFIDENCES = {one.value: one for one in Confidence}


@cache
def _plain_fields(kind: Callable[..., Any]) -> tuple[tuple[int, ...], list[type]]:
    """Which fields of a kind of record are texts, numbers or truth values, and what each is."""
    wanted = {
        at: _PLAIN[word] for at, word in enumerate(kind.__annotations__.values()) if word in _PLAIN
    }
    return tuple(wanted), list(wanted.values())


def _made(kind: Callable[..., T], row: Iterable[Any]) -> T:
    """A record of a row of its fields.

    Raises:
        TypeError: one of them is of another type: whoever reads the record would fall over it.
        IndexError: one of them is missing.
    """
    values = tuple(row)
    plain, types = _plain_fields(kind)
    if [type(values[at]) for at in plain] != types:
        raise TypeError("a field is of another type")
    return kind(*values)


def _texts(row: list[Any]) -> tuple[str, ...]:
    if type(row) is not list or not _TEXT.issuperset(map(type, row)):
        raise TypeError("a list of texts holds something else")
    return tuple(row)


def _finding(row: list[Any]) -> Finding:
    """A finding: as most of what is stored are findings, not by `_made`, which is slower."""
    rule, severity, message, location, help_, notes, fix, subject, *rest = row
    confidence, cause, parts, references, details = rest
    if type(severity) is not int:
        raise TypeError("a severity is not a number")
    if {type(rule), type(message), type(help_), type(subject), type(cause)} != _TEXT:
        raise TypeError("a text of a finding is something else")
    found = (
        *(rule, _SEVERITIES[severity], message, _location(location), help_),
        tuple(map(_note, notes)) if notes else (),
        _fix(fix) if fix else None,
        *(subject, _CONFIDENCES[confidence], cause),
        tuple(map(_finding, parts)) if parts else (),
        None if references is None else _texts(references),
        tuple(map(_pair, details)) if details else (),
    )
    return Finding._make(found)


def _pair(row: list[Any]) -> tuple[str, str]:
    name, value = row
    if type(name) is not str or type(value) is not str:
        raise TypeError("a pair holds something else than texts")
    return name, value


def _note(row: list[Any]) -> Note:
    text, at = row
    return _made(Note, (text, _location(at) if at else None))


def _location(row: list[Any]) -> Location:
    """A location: nearly all of what is stored, so that its few numbers are looked at in one go.

    As many values as it has fields were taken from the row: they need not be counted again.
    """
    origin, (first, last), (line, column), (last_line, last_column), (shown, lines), path = row
    numbers = (first, last, line, column, last_line, last_column, shown)
    if not _NUMBER.issuperset(map(type, numbers)) or type(origin) is not str:
        raise TypeError("a part of a location is of another type")
    if type(path) is not str:
        raise TypeError("the path of a location is no text")
    span, excerpt = _new(Span, (first, last)), _new(Excerpt, (shown, _texts(lines)))
    start, end = _new(Position, (line, column)), _new(Position, (last_line, last_column))
    return _new(Location, (origin, span, start, end, excerpt, path))


def _fix(row: list[Any]) -> Fix:
    title, edits, safe = row
    made = (_made(Edit, (origin, _made(Span, span), text)) for origin, span, text in edits)
    return _made(Fix, (title, tuple(made), safe))


def _allowed(row: list[Any]) -> Allowed:
    finding, kind, *rest = row
    return _made(Allowed, (_finding(finding), AllowanceKind(kind), *rest))


def _examined(row: list[Any]) -> Examined:
    origin, kind, digest, about = row
    return _made(Examined, (origin, kind, digest, About(about)))


def _ignored(row: list[Any]) -> Ignored:
    origin, reason = row
    return _made(Ignored, (origin, IgnoreReason(reason)))


def _problem(row: list[Any]) -> Problem:
    kind, origin, detail, help_, location = row
    at = _location(location) if location else None
    return _made(Problem, (ProblemKind(kind), origin, detail, help_, at))
