"""Schedules as Kubernetes reads them: those of cron, in five fields, or `@daily` and the like.

https://github.com/robfig/cron/blob/v3.0.1/parser.go, which pkg/apis/batch/validation asks.
"""

from __future__ import annotations

from typing import NamedTuple

from imagelint.core.pattern import pattern

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DESCRIPTORS = frozenset(
    ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
)
_EVERY = "@every "
_ZONES = ("TZ=", "CRON_TZ=")
_NUMBER = pattern(r"[0-9]{1,9}")
_PARTS = 5


class _Field(NamedTuple):
    title: str
    least: int
    most: int
    words: tuple[str, ...] = ()
    first: int = 0


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS, 1),
    _Field("day of the week", 0, 6, _DAYS),
)


def why_no_schedule(written: str) -> str:
    """Why something is no schedule, in a few words; empty where it is one."""
    if written.startswith(_ZONES):
        return "its zone belongs into `timeZone`"
    if written.startswith("@"):
        known = written in _DESCRIPTORS or written.startswith(_EVERY)
        return "" if known else "there is no such word"
    parts = written.split()
    if len(parts) != _PARTS:
        return f"it has {len(parts)} field{'s' if len(parts) != 1 else ''} instead of 5"
    for part, field in zip(parts, _FIELDS, strict=True):
        for one in part.split(","):
            if not _is_of(one, field):
                return f"`{one}` is no {field.title}"
    return ""


def _is_of(text: str, field: _Field) -> bool:
    """Whether a text is a value, a range or a step of a field."""
    reach, slash, step = text.partition("/")
    if slash and not (_NUMBER.fullmatch(step) and int(step) > 0):
        return False
    if reach in ("*", "?"):
        return True
    low, dash, high = reach.partition("-")
    start = _number(low, field)
    end = _number(high, field) if dash else start
    return start is not None and end is not None and field.least <= start <= end <= field.most


def _number(text: str, field: _Field) -> int | None:
    if text.lower() in field.words:
        return field.words.index(text.lower()) + field.first
    return int(text) if _NUMBER.fullmatch(text) else None
