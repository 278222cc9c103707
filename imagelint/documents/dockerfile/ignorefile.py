"""Ignore files of Docker: what of the build context is left out."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, ClassVar

from imagelint.core.pattern import pattern as lazy
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.base import Document
from imagelint.documents.complaints import InvalidIgnorePattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Source
    from imagelint.documents.base import Complaint

_WILD = lazy(r"[*?\[\]\\]")
# https://github.com/moby/patternmatcher
_PIECE = lazy(r"(?P<deep>\*\*/?)|(?P<star>\*)|(?P<any>\?)|\\(?P<escaped>.)|(?P<plain>.)", re.DOTALL)
_CLASS = re.compile(r"\[(?P<not>\^?)(?P<items>(?:\\.|[^\]\\])+)\]", re.DOTALL)
_ITEM = lazy(r"\\(.)|(.)", re.DOTALL)
_LONGEST = 4_096  # a longer pattern is no path of any system


class _Token(NamedTuple):
    """What one step of a match takes.

    `kind` is `one` (a character out of `low`…`high` ranges, or, if `negated`, none of them), `star`
    (any number but no slash), `deep` (nothing, or anything that ends in a slash) or `all`.
    """

    kind: str
    ranges: tuple[tuple[str, str], ...] = ()
    negated: bool = False

    def takes(self, character: str) -> bool:
        """Whether a `one` takes the character."""
        return any(low <= character <= high for low, high in self.ranges) != self.negated


class IgnorePattern(NamedTuple):
    """One pattern: `pattern` is cleaned (no `!`, no slash at either end)."""

    span: Span
    pattern: str
    negated: bool = False


class IgnoreFile(Document):
    """A `.dockerignore`, or the `<name>.dockerignore` beside a Dockerfile of another name."""

    kind: ClassVar[str] = "ignore"
    __slots__ = ("_tokens", "patterns")

    def __init__(
        self,
        source: Source,
        *,
        patterns: Iterable[IgnorePattern] = (),
        complaints: Iterable[Complaint] = (),
    ) -> None:
        super().__init__(source, complaints=complaints)
        self.patterns = tuple(patterns)
        self._tokens = tuple(
            _tokens(one.pattern) if _WILD.search(one.pattern) else None for one in self.patterns
        )

    def nodes(self) -> Iterator[IgnorePattern]:
        """The patterns in source order."""
        return iter(self.patterns)

    def excludes(self, path: str) -> bool:
        """Whether a path of the build context (`a/b`, relative, slashes) is left out of it.

        The last pattern that matches the path, or a folder above it, decides.
        """
        path = posixpath.normpath(path).lstrip("/")
        excluded = False
        for pattern, tokens in zip(self.patterns, self._tokens, strict=True):
            if pattern.negated == excluded and _matches(pattern.pattern, tokens, path):
                excluded = not pattern.negated
        return excluded


def parse_ignore(source: Source) -> IgnoreFile:
    """Read an ignore file. Never raises: a pattern that Docker refuses becomes a complaint."""
    patterns: list[IgnorePattern] = []
    complaints: list[Complaint] = []
    for number in range(1, len(source.line_starts) + 1):
        line = source.line(number)
        start = source.line_starts[number - 1]
        if number == 1 and line.startswith("\ufeff"):
            line, start = line[1:], start + 1
        written = line.strip()
        if line.startswith("#") or not written:
            continue
        start += line.index(written)
        found = _read_line(written, Span(start, start + len(written)))
        if isinstance(found, InvalidIgnorePattern):
            complaints.append(found)
        else:
            patterns.append(found)
    return IgnoreFile(source, patterns=patterns, complaints=complaints)


def _read_line(written: str, span: Span) -> IgnorePattern | InvalidIgnorePattern:
    negated = written.startswith("!")
    bare = written[1:].strip() if negated else written
    if not bare:
        message = "an exclamation mark without a pattern"
        return InvalidIgnorePattern(
            span, written, message, "write what it takes back, or remove it"
        )
    pattern = _clean(bare)
    if len(pattern) > _LONGEST or _tokens(pattern) is None:
        help_ = "close the bracket, or escape it"
        return InvalidIgnorePattern(span, written, "this is not a pattern", help_)
    return IgnorePattern(span, pattern, negated)


def _clean(pattern: str) -> str:
    """What Go's filepath.Clean makes of it, without the slash in front."""
    return posixpath.normpath(re.sub(r"^/+", "/", pattern)).removeprefix("/") or "/"


def _tokens(pattern: str) -> tuple[_Token, ...] | None:
    """The steps of a pattern; None for one that cannot be read."""
    tokens: list[_Token] = []
    at = 0
    while at < len(pattern):
        match = _CLASS.match(pattern, at) if pattern[at] == "[" else _PIECE.match(pattern, at)
        if match is None or (pattern[at] == "\\" and match["escaped"] is None):
            return None
        at = match.end()
        if match.re is _CLASS:
            ranges = _ranges(match["items"])
            if ranges is None:
                return None
            tokens.append(_Token("one", ranges, negated=bool(match["not"])))
        else:
            tokens.append(_token(match, pattern))
    return tuple(tokens)


def _token(match: re.Match[str], pattern: str) -> _Token:
    if match["deep"]:
        end = match.end() == len(pattern)
        # `**name` without another wildcard takes every path that ends so, whole names or not.
        ending = match.start() == 0 and match["deep"] == "**" and not _WILD.search(pattern[2:])
        return _Token("all" if end or ending else "deep")
    if match["star"]:
        return _Token("star")
    if match["any"]:
        return _Token("one", (("/", "/"),), negated=True)
    character = match["escaped"] or match["plain"]
    return _Token("one", ((character, character),))


def _ranges(items: str) -> tuple[tuple[str, str], ...] | None:
    found: list[tuple[str, str]] = []
    pieces = [(m[1] or m[2], m[1] is None and m[2] == "-") for m in _ITEM.finditer(items)]
    at = 0
    while at < len(pieces):
        low = pieces[at][0]
        if at + 2 < len(pieces) and pieces[at + 1][1]:
            high = pieces[at + 2][0]
            if high < low:
                return None
            found.append((low, high))
            at += 3
        else:
            found.append((low, low))
            at += 1
    return tuple(found)


def _matches(pattern: str, tokens: tuple[_Token, ...] | None, path: str) -> bool:
    """Whether a pattern matches a path, or a folder above it."""
    if tokens is None:
        return path == pattern or path.startswith(f"{pattern}/")
    states = _closure({0}, tokens)
    for character in path:
        if character == "/" and len(tokens) in states:
            return True
        states = _closure(_step(states, tokens, character), tokens)
        if not states:
            return False
    return len(tokens) in states


def _closure(states: set[int], tokens: tuple[_Token, ...]) -> set[int]:
    """With the states that are reached without a character. Within `deep` i, the state is ~i."""
    todo = list(states)
    while todo:
        state = todo.pop()
        if 0 <= state < len(tokens) and tokens[state].kind != "one" and state + 1 not in states:
            states.add(state + 1)
            todo.append(state + 1)
    return states


def _step(states: set[int], tokens: tuple[_Token, ...], character: str) -> set[int]:
    reached: set[int] = set()
    for state in states:
        index = state if state >= 0 else ~state
        if index == len(tokens):
            continue
        token = tokens[index]
        if token.kind == "one":
            if token.takes(character):
                reached.add(index + 1)
        elif token.kind == "all" or (token.kind == "star" and character != "/"):
            reached.add(index)
        elif token.kind == "deep":
            reached.add(~index)
            if character == "/":
                reached.add(index + 1)
    return reached
