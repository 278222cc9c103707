"""What the dot and the variables of a template stand for, at each place of it.

https://pkg.go.dev/text/template#hdr-Variables
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from re import Match

_MOST_OF_ONE = 4  # values that one variable is made of
_BLOCK = pattern(r"\{\{-?\s*(if|with|range|define|block|end|\$\w+\s*:?=)(.*?)\}\}")
_NAMES = pattern(r"\$(\w+)(?=[\s,]*(?:,|:?=))")
# What an expression takes: of the values, of a variable, or of what the dot stands for.
_TAKEN = pattern(
    r"(?:\$?\.Values((?:\.[A-Za-z_][\w-]*)+)"
    r"|\$(\w+)((?:\.[A-Za-z_][\w-]*)*)(?!\w|\s*:?=)"
    r"|(?<![\w)$\"'.])\.(?!(?:Values|Release|Chart|Capabilities|Template|Files)\b)"
    r"((?:[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)?)(?![\w\"'.]))"
)
# `index .Values "a-b"`: https://pkg.go.dev/text/template#hdr-Functions
_INDEX = r"index\s+(\$?(?:\.[A-Za-z_]\w*)+|\$\w+|\.)((?:\s+\"[A-Za-z_][\w-]*\")+)"
_INDEXED = pattern(rf"\(\s*{_INDEX}\s*\)|\b{_INDEX}")
_QUOTED_NAME = pattern(r"\"([^\"]*)\"")

Keys: TypeAlias = tuple[str, ...]


class Scope(NamedTuple):
    """What the dot stands for at a place, and what gives the values of a variable there.

    None: not a value.
    """

    dot: Keys | None
    variable: Callable[[str], tuple[Keys, ...]]


def without_variables(dot: Keys | None) -> Scope:
    """A scope in which nothing but the dot is known."""
    return Scope(dot, lambda _name: ())


def taken(expression: str, scope: Scope) -> Iterator[Keys]:
    """The values that an expression takes, by their keys."""
    for match in _TAKEN.finditer(_INDEXED.sub(_dotted, expression)):
        absolute, variable, behind, relative = match.groups()
        if absolute:
            yield _keys(absolute)
        elif variable:
            for base in scope.variable(variable):
                yield (*base, *_keys(behind))
        elif scope.dot:
            yield (*scope.dot, *_keys(relative))


def _dotted(match: Match[str]) -> str:
    """What `index` takes, as if its names could stand behind dots."""
    inside, plain = (match[1], match[2]), (match[3], match[4])
    base, names = inside if inside[0] else plain
    return ".".join((base.rstrip("."), *_QUOTED_NAME.findall(names)))


def _keys(dotted: str) -> Keys:
    return tuple(dotted.strip(".").split(".")) if dotted.strip(".") else ()


@lru_cache(maxsize=2)  # all that is said of a template is asked in a row
def scopes_of(template: str) -> Scopes:
    """The scopes of a template."""
    return Scopes(template)


class _Value(NamedTuple):
    """What a variable stands for from a place on; it was `told` there, or before a block ended."""

    start: int
    told: int
    values: tuple[Keys, ...]


class _Block(NamedTuple):
    """A block that is open: what the dot is in it, and since where variables are its own.

    `outer` is what those that were told in it are again when it ends.
    """

    dot: Keys | None
    since: int
    outer: dict[str, _Value]


class Scopes:
    """The scopes of a template, which is read once for all of its places.

    What a variable stands for is kept where it changes: to keep all variables of every place would
    take the square of their number.
    """

    __slots__ = ("_blocks", "_opened", "_starts", "_values")

    def __init__(self, text: str) -> None:
        self._values: dict[str, list[_Value]] = {}
        self._opened = [_Block((), 0, {})]
        self._starts = [0]
        self._blocks = [self._opened[-1]]
        for match in _BLOCK.finditer(text):
            self._pass(match)
            self._starts.append(match.end())
            self._blocks.append(self._opened[-1])

    def at(self, place: int) -> Scope:
        """The scope at a place of the template: blocks that are open there decide."""
        block = self._blocks[bisect_right(self._starts, place) - 1]
        return Scope(block.dot, lambda name: self._variable(name, block, place))

    def _variable(self, name: str, block: _Block, place: int) -> tuple[Keys, ...]:
        values = self._values.get(name, [])
        at = bisect_right(values, place, key=attrgetter("start")) - 1
        return values[at].values if at >= 0 and values[at].told >= block.since else ()

    def _pass(self, match: Match[str]) -> None:
        word, rest = match.groups()
        if word == "end":
            self._close(match.end())
        elif word.startswith("$"):
            values = tuple(dict.fromkeys(taken(rest, self.at(match.start()))))[:_MOST_OF_ONE]
            if values:
                self._tell(word[1:].rstrip(" \t:="), values, match.end())
        else:
            self._open(word, rest, match)

    def _open(self, word: str, expression: str, match: Match[str]) -> None:
        above = self._opened[-1]
        if word == "define":
            self._opened.append(_Block((), match.end(), {}))
        elif word not in ("with", "range"):
            self._opened.append(_Block(above.dot, above.since, {}))
        else:
            keys = next(taken(expression.rpartition("=")[2], self.at(match.start())), None)
            self._opened.append(_Block(keys, above.since, {}))
            names = _NAMES.findall(expression)
            if names and keys is not None:
                self._tell(names[-1], (keys,), match.end())

    def _tell(self, name: str, values: tuple[Keys, ...], place: int) -> None:
        before = self._values.setdefault(name, [_Value(-1, -1, ())])
        self._opened[-1].outer.setdefault(name, before[-1])
        before.append(_Value(place, place, values))

    def _close(self, place: int) -> None:
        block = self._opened.pop()
        for name, value in block.outer.items():
            self._values[name].append(value._replace(start=place))
        if not self._opened:  # it ends what was never opened: nothing is known from here on
            self._opened.append(_Block((), place, {}))
