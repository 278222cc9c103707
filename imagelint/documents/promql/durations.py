"""Durations of PromQL that Prometheus cannot hold, nor the parser of queries read."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.quantity import MOST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.documents.promql.tokens import Token

# Prometheus counts nanoseconds, and says "duration out of range".
# https://github.com/prometheus/common/blob/main/model/time.go (ParseDuration)
_LONGEST = MOST / 1e9
_PART = pattern(r"([0-9]+)(ms|[smhdwy])")
_UNITS = {
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
    "y": 31536000.0,
}
_NEVER = ("inf", "nan")
_MOST_DIGITS = 100


def endless_duration(words: Sequence[Token]) -> Token | None:
    """The first range, resolution or offset that is longer than 292 years, or no time at all."""
    return next((word for word in _durations(words) if _seconds(word.text) > _LONGEST), None)


def in_seconds(text: str) -> float | None:
    """A duration as settings of Prometheus have it (`1m30s`); None where it is none."""
    parts = _PART.findall(text)
    if not parts or "".join(map("".join, parts)) != text:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def _durations(words: Sequence[Token]) -> Iterator[Token]:
    """What stands where a duration does: in brackets, and behind `offset` and its sign."""
    inside = shifted = False
    for word in words:
        if word.text in ("[", "]"):
            inside = word.text == "["
        if (word.kind == "number" and (inside or shifted)) or (
            shifted and word.text.lower() in _NEVER
        ):
            yield word
        shifted = word.text.lower() == "offset" or (shifted and word.text in ("+", "-"))


def _seconds(text: str) -> float:
    if text.lower() in _NEVER:
        return inf
    parts = _PART.findall(text)
    if parts:
        return sum(float(number) * _UNITS[unit] for number, unit in parts)
    if text[:2].lower() == "0x":
        return float(int(text, 16)) if len(text) < _MOST_DIGITS else inf
    return float(text)
