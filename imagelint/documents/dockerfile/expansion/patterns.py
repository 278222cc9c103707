"""Shell patterns in `${name#pattern}`, `${name%pattern}` and `${name/pattern/text}`.

BuildKit knows `*`, `?` and a backslash before either (and before `}` and `/`); it has no bracket
expressions. All here is done without a backtracking regular expression over the whole pattern, so
that no file can make it slow.
"""

from __future__ import annotations

import re
from itertools import pairwise

from imagelint.core.record import NamedTuple


class PatternError(ValueError):
    """BuildKit refuses the pattern."""


class Pattern(NamedTuple):
    """What stands between the asterisks: one more part than there are asterisks."""

    parts: tuple[tuple[str, ...], ...]

    def reversed(self) -> Pattern:
        """The pattern that matches the mirrored text."""
        return Pattern(tuple(part[::-1] for part in reversed(self.parts)))


_ANY = ""  # in a part: any one character


def read_pattern(text: str) -> Pattern:
    """Take a pattern apart.

    Raises:
        PatternError: a backslash stands before something that needs none.
    """
    parts: list[list[str]] = [[]]
    characters = iter(text)
    for character in characters:
        if character == "*":
            parts.append([])
        elif character == "?":
            parts[-1].append(_ANY)
        elif character == "\\":
            parts[-1].append(_escaped(next(characters, "")))
        else:
            parts[-1].append(character)
    return Pattern(tuple(map(tuple, parts)))


def _escaped(character: str) -> str:
    if character not in ("*", "?", "\\", "}", "/"):
        raise PatternError(f"invalid escape '\\{character}'")
    return character


def trim_prefix(value: str, pattern: Pattern, *, longest: bool) -> str:
    """`value` without the shortest or longest beginning that matches."""
    end = _match(_compile(pattern), value, 0, longest=longest)
    return value if end is None else value[end:]


def trim_suffix(value: str, pattern: Pattern, *, longest: bool) -> str:
    """`value` without the shortest or longest end that matches."""
    return trim_prefix(value[::-1], pattern.reversed(), longest=longest)[::-1]


def replace(value: str, pattern: Pattern, text: str, *, every: bool) -> str:
    """`value` with the first match, or every match, replaced; each match is the longest."""
    parts = _compile(pattern)
    result: list[str] = []
    done = at = 0
    last_end = -1
    while at <= len(value):
        found = parts[0].search(value, at)
        if found is None:
            break
        start = found.start() if len(parts) == 1 or pattern.parts[0] else at
        end = _match(parts, value, start, longest=True)
        if end is None:
            break
        if end > start or start != last_end:
            result += (value[done:start], text)
            done = last_end = end
        if not every:
            break
        at = max(end, start + 1)
    result.append(value[done:])
    return "".join(result)


def _compile(pattern: Pattern) -> list[re.Pattern[str]]:
    return [
        re.compile("".join(re.escape(character) if character else "." for character in part))
        for part in pattern.parts
    ]


def _match(parts: list[re.Pattern[str]], value: str, start: int, *, longest: bool) -> int | None:
    """Where the match that begins at `start` ends, or None."""
    found = parts[0].match(value, start)
    if found is None:
        return None
    end = found.end()
    for (_, part), last in zip(pairwise(parts), _lasts(len(parts) - 1), strict=True):
        if last and longest:
            return _rightmost(part, value, end)
        found = part.search(value, end)
        if found is None:
            return None
        end = found.end()
    return end


def _lasts(count: int) -> list[bool]:
    return [number == count - 1 for number in range(count)]


def _rightmost(part: re.Pattern[str], value: str, low: int) -> int | None:
    for start in range(len(value), low - 1, -1):
        found = part.match(value, start)
        if found is not None:
            return found.end()
    return None
