"""The pattern of a signer: which identities it stands for, and whether it stands for all of them.

What cosign compiles are expressions of RE2 (https://github.com/google/re2/wiki/Syntax), what Python
knows are others. Read here is what both mean alike; the rest is refused, so that nothing can close
the group in which a pattern is put. Matching follows all ways at once: no pattern takes long.
"""

from __future__ import annotations

from typing import TypeAlias

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

LONGEST = 1000
_DEEPEST = 10
_MOST_REPEATS = 1000  # as many as RE2 takes
_COUNT = pattern(r"\{(\d{1,4})(,(\d{0,4}))?\}")
_NAME = pattern(r"\?(?::|P?<[A-Za-z_]\w*>)")
_SETS = {
    "d": "0123456789",
    "w": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
    "s": "\t\n\f\r ",
}
_PUNCTUATION = frozenset("\\.+*?()|[]{}^$-/@:#!&~,;%=_")
_ENDLESS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


_STRANGER = "stranger-5f0c2a"
_WORKFLOWS = ("build", "ci", "docker", "main", "publish", "release", _STRANGER)
_BRANCHES = ("heads/main", "heads/master", f"heads/{_STRANGER}", "tags/v1.0.0", "tags/1.0.0")
ANYBODY = (
    *("", _STRANGER, f"{_STRANGER}@{_STRANGER}.test", f"https://{_STRANGER}.test/{_STRANGER}"),
    *(f"{_STRANGER}@{host}" for host in ("gmail.com", "outlook.com", "github.com")),
    *(
        f"https://github.com/{_STRANGER}/{_STRANGER}/.github/workflows/{name}.{end}@refs/{branch}"
        for name in _WORKFLOWS
        for end in ("yml", "yaml")
        for branch in _BRANCHES
    ),
    *(
        f"https://gitlab.com/{_STRANGER}/{_STRANGER}//.gitlab-ci.yml@refs/{branch}"
        for branch in _BRANCHES
    ),
    f"https://github.com/{_STRANGER}",
)
"""Identities that anybody in the world can get; a pattern that stands for one lets him in."""

ANYWHERE = (
    *("", _STRANGER, f"https://{_STRANGER}.test", f"https://{_STRANGER}.test/{_STRANGER}"),
    *(f"https://{_STRANGER}.{end}" for end in ("com", "io", "github.io", "githubusercontent.com")),
)
"""Issuers that anybody can set up."""


class BadPatternError(ValueError):
    """A pattern that cannot be read, and why."""


class _One(NamedTuple):
    """One character: of these, or any but these."""

    characters: frozenset[str]
    negated: bool = False


class _Edge(NamedTuple):
    """The beginning or the end of the text."""

    end: bool


class _Group(NamedTuple):
    """Alternatives."""

    branches: tuple[tuple[_Node, ...], ...]


class _Repeat(NamedTuple):
    """Something several times; `most` None: any number."""

    node: _Node
    least: int
    most: int | None


_Node: TypeAlias = "_One | _Edge | _Group | _Repeat"


class IdentityPattern:
    """A compiled pattern.

    Raises:
        BadPatternError: it is none that every regular expression reader understands alike.
    """

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise BadPatternError(f"it has more than {LONGEST} characters")
        self._root = _Reader(text).whole()

    def matches(self, text: str) -> bool:
        """Whether the pattern stands for the whole of a text."""
        return bool(_Match(text).step(self._root, 1) >> len(text))


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> _Group:
        group = self._group(0)
        if self._at < len(self._text):
            raise BadPatternError(f"unbalanced parenthesis at position {self._at}")
        return group

    def _group(self, depth: int) -> _Group:
        if depth > _DEEPEST:
            raise BadPatternError("its groups are nested too deep")
        branches: list[tuple[_Node, ...]] = []
        nodes: list[_Node] = []
        while (mark := self._peek()) not in ("", ")"):
            if mark == "|":
                self._at += 1
                branches.append(tuple(nodes))
                nodes = []
            else:
                nodes.append(self._repeated(self._node(depth)))
        return _Group((*branches, tuple(nodes)))

    def _node(self, depth: int) -> _Node:
        mark = self._take()
        match mark:
            case "(":
                return self._inside(depth)
            case "[":
                return self._set()
            case "^" | "$":
                return _Edge(mark == "$")
            case ".":
                return _One(frozenset("\n"), negated=True)
            case "\\":
                return self._escape()
            case "*" | "+" | "?":
                raise BadPatternError(f"nothing to repeat at position {self._at - 1}")
            case _:
                return _One(frozenset(mark))

    def _inside(self, depth: int) -> _Group:
        start = self._at - 1
        if self._peek() == "?":
            kind = _NAME.match(self._text, self._at)
            if kind is None:
                raise BadPatternError(f"unknown kind of group at position {start}")
            self._at = kind.end()
        group = self._group(depth + 1)
        if self._take() != ")":
            raise BadPatternError(f"missing ), unterminated group at position {start}")
        return group

    def _repeated(self, node: _Node) -> _Node:
        mark = self._peek()
        count = _COUNT.match(self._text, self._at)
        if mark in _ENDLESS:
            least, most = _ENDLESS[mark]
            self._at += 1
        elif count is not None:
            least, most = self._bounds(count[1], count[2], count[3])
            self._at = count.end()
        else:
            return node
        if self._peek() == "?":
            self._at += 1  # takes as little as it can: of a whole text, that is the same
        if self._peek() in ("*", "+", "?"):
            raise BadPatternError(f"multiple repeat at position {self._at}")
        return _Repeat(node, least, most)

    def _bounds(self, least: str, rest: str | None, most: str | None) -> tuple[int, int | None]:
        low = int(least)
        high = int(most) if most else None if rest else low
        if max(low, high or 0) > _MOST_REPEATS or (high is not None and high < low):
            raise BadPatternError(f"wrong number of repeats at position {self._at}")
        return low, high

    def _set(self) -> _One:
        start = self._at - 1
        negated = self._peek() == "^"
        self._at += negated
        found: set[str] = set()
        while True:
            mark = self._take()
            if mark in ("", "["):
                raise BadPatternError(f"unterminated character set at position {start}")
            if mark == "]" and found:
                return _One(frozenset(found), negated)
            if mark == "]":
                raise BadPatternError(f"write `\\]` in the character set at position {start}")
            found |= self._member(mark)

    def _member(self, mark: str) -> frozenset[str]:
        if mark == "\\":
            one = self._escape()
            if one.negated:
                raise self._refusal()
            if len(one.characters) > 1:
                return one.characters
            mark = next(iter(one.characters))
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] in ("]", ""):
            return frozenset(mark)
        self._at += 1
        last = self._take()
        if last in ("\\", "[") or last < mark:
            raise BadPatternError(f"bad character range at position {self._at - 1}")
        return frozenset(chr(code) for code in range(ord(mark), min(ord(last), 0x10FFFF) + 1))

    def _escape(self) -> _One:
        mark = self._take()
        if mark.lower() in _SETS:
            return _One(frozenset(_SETS[mark.lower()]), mark.isupper())
        if mark in _PUNCTUATION:
            return _One(frozenset(mark))
        raise self._refusal()

    def _refusal(self) -> BadPatternError:
        return BadPatternError(f"an escape that not everybody knows at position {self._at - 2}")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        mark = self._peek()
        self._at += 1
        return mark


class _Match:
    """One pattern over one text. A set of places is a number: bit 0 stands before the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._masks: dict[_One, int] = {}

    def step(self, node: _Node, starts: int) -> int:
        """Where a node may end that begins at one of some places."""
        match node:
            case _One():
                return self._one(node, starts)
            case _Edge(end):
                return starts & (1 << len(self._text) if end else 1)
            case _Group(branches):
                ends = 0
                for branch in branches:
                    ends |= self._sequence(branch, starts)
                return ends
            case _Repeat():
                return self._repeat(node, starts)

    def _one(self, one: _One, starts: int) -> int:
        if starts & (starts - 1):
            return (starts & self._mask(one)) << 1
        # One place, as in the text that most patterns begin with.
        at = starts.bit_length() - 1
        if not 0 <= at < len(self._text) or (self._text[at] in one.characters) == one.negated:
            return 0
        return starts << 1

    def _mask(self, one: _One) -> int:
        """The places before a character that fits."""
        mask = self._masks.get(one)
        if mask is None:
            fitting = ((letter in one.characters) != one.negated for letter in self._text)
            mask = self._masks[one] = sum(1 << at for at, fits in enumerate(fitting) if fits)
        return mask

    def _sequence(self, nodes: tuple[_Node, ...], starts: int) -> int:
        for node in nodes:
            if not starts:
                break
            starts = self.step(node, starts)
        return starts

    def _repeat(self, node: _Repeat, starts: int) -> int:
        for _ in range(node.least):
            after = self.step(node.node, starts)
            if after == starts:
                break
            starts = after
        reached = new = starts
        for _ in range(len(self._text) if node.most is None else node.most - node.least):
            new = self.step(node.node, new) & ~reached
            if not new:
                break
            reached |= new
        return reached
