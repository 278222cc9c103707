"""What the shell makes of one word: quotes removed, variables filled in, fields split."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    Lookup = Callable[[str], Fact[str]]

_SPECIAL = pattern(r"[\\'\"$`*?~{]")
_EXPANSION = (
    r"\$(?P<name>[A-Za-z_]\w*)"
    r"|\$\{(?P<braced>[A-Za-z_]\w*|[1-9])(?:(?P<colon>:?)(?P<operator>[-+=])(?P<other>[^{}'\"`$\\]*))?\}"
)
_BARE = pattern(
    rf"(?P<plain>[^\\'\"$`*?]+)|'(?P<single>[^']*)'|(?P<quote>\")|\\(?P<escape>\r?\n|.|$)"
    rf"|\$'(?P<ansi>(?:[^'\\]|\\.)*)'|{_EXPANSION}|\$(?P<locale>\")|\$(?P<dollar>(?![\w{{(@*#?!$-]))",
    re.ASCII | re.DOTALL,
)
_QUOTED = pattern(
    rf"(?P<plain>[^\\\"$`]+)|(?P<quote>\")|\\(?P<escape>\r?\n|[\"\\$`])|(?P<backslash>\\)"
    rf"|{_EXPANSION}|\$(?P<dollar>(?![\w{{(@*#?!$-]))",
    re.ASCII | re.DOTALL,
)
_BRACES = pattern(r"\{([^{}]*)\}")
# In a Dockerfile lines are joined before the shell sees them, within single quotes too.
_CONTINUATION = pattern(r"\\\r?\n")
_GLOB = pattern(r"[*?]")
# https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html
_ANSI = {
    **dict(zip("ntrabfv", "\n\t\r\a\b\f\v", strict=True)),
    **dict.fromkeys("eE", "\x1b"),
    **{mark: mark for mark in "\\'\"?"},
}
_ANSI_ESCAPE = pattern(
    r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<byte>[0-9a-fA-F]{1,2})|u(?P<short>[0-9a-fA-F]{1,4})"
    r"|U(?P<long>[0-9a-fA-F]{1,8})|(?P<letter>.))",
    re.DOTALL,
)
_MOST_ASCII = 0x7F
LONGEST_FILLED = 8_192
"""Of what the variables of one word hold: `a=$a$a` doubles with every line."""
UNTOLD = "\ufdd0"
"""Stands in a value for what of it is not known: a code point that no text holds."""
PERHAPS_APART = "\ufdd1"
"""Stands for nothing, or for what is not known and by a blank apart from what it stands beside."""


_new = tuple.__new__  # a record without its constructor, in half of the time


class _UnknownWordError(Exception):
    """Something takes part whose result cannot be known."""


class _Fields:
    """The fields that a word splits into, as they grow."""

    __slots__ = ("_room", "done", "open", "skeleton")

    def __init__(self) -> None:
        self._room = LONGEST_FILLED
        self.done: list[str] = []
        self.open: list[str] | None = None
        self.skeleton: list[str] = []

    def limit(self, value: str) -> str:
        """The value of a variable, unless all of them together become too long."""
        self._room -= len(value)
        if self._room < 0:
            raise _UnknownWordError
        return value

    def add(self, text: str) -> None:
        """Text that belongs to the field in hand, even when it is empty."""
        if self.open is None:
            self.open = []
        self.open.append(text)

    def split(self, value: str) -> None:
        """The value of an unquoted variable, split at blanks."""
        if _GLOB.search(value):
            raise _UnknownWordError
        parts = value.split()
        if not parts:
            self._close()
            return
        if value[0].isspace():
            self._close()
        for part in parts[:-1]:
            self.add(part)
            self._close()
        self.add(parts[-1])
        if value[-1].isspace():
            self._close()

    def _close(self) -> None:
        if self.open is not None:
            self.done.append("".join(self.open))
            self.open = None

    def result(self) -> list[str]:
        """All fields."""
        for match in _BRACES.finditer("".join(self.skeleton)):
            if "," in match[1] or ".." in match[1]:
                raise _UnknownWordError
        self._close()
        return self.done


def word_fields(raw: str, lookup: Lookup) -> tuple[Fact[str], ...]:
    """The fields that a word becomes; one unknown when that cannot be known.

    An unquoted variable that is empty leaves no field at all, one with blanks several.
    """
    if _SPECIAL.search(raw) is None:
        return (_new(Known, (raw, None)),)
    try:
        return tuple(map(Known, _scan(raw, lookup, split=True).result()))
    except _UnknownWordError:
        return (UNKNOWN,)


def word_value(raw: str, lookup: Lookup) -> Fact[str]:
    """The value of a word where the shell does not split it: behind `=`, in a redirect."""
    if _SPECIAL.search(raw) is None:
        return Known(raw)
    try:
        return Known("".join(_scan(raw, lookup, split=False).result()))
    except _UnknownWordError:
        return UNKNOWN


def text_value(raw: str, lookup: Lookup) -> Fact[str]:
    """The value of a here-document's body whose delimiter is not quoted."""
    fields = _Fields()
    try:
        at = 0
        while at < len(raw):
            match = _QUOTED.match(raw, at)
            if match is None:
                return UNKNOWN
            if match["escape"] == '"':  # which means nothing there
                fields.add(match[0])
            else:
                _quoted_piece(match, fields, lookup)
            at = match.end()
    except _UnknownWordError:
        return UNKNOWN
    return Known("".join(fields.open or ()))


def _scan(raw: str, lookup: Lookup, *, split: bool) -> _Fields:
    fields = _Fields()
    at = _home(raw, fields, lookup)
    quoted = False
    while at < len(raw):
        match = (_QUOTED if quoted else _BARE).match(raw, at)
        if match is None:
            if raw[at] not in "*?" or split:
                raise _UnknownWordError
            fields.add(raw[at])
            at += 1
            continue
        if match.lastgroup in ("quote", "locale"):
            quoted = not quoted
            fields.add("")
        elif quoted:
            _quoted_piece(match, fields, lookup)
        else:
            _bare_piece(match, fields, lookup, split=split)
        at = match.end()
    return fields


def _home(raw: str, fields: _Fields, lookup: Lookup) -> int:
    """Fill in a leading `~`; the offset behind it."""
    if not raw.startswith("~"):
        return 0
    home = lookup("HOME")
    if raw[1:2] not in ("", "/") or not isinstance(home, Known):
        raise _UnknownWordError
    fields.add(home.value)
    return 1


def _quoted_piece(match: re.Match[str], fields: _Fields, lookup: Lookup) -> None:
    kind = match.lastgroup
    if kind in ("plain", "quote", "backslash"):
        fields.add(match[0])
    elif kind == "escape":
        fields.add("" if match["escape"].endswith("\n") else match["escape"])
    elif kind == "dollar":
        fields.add("$")
    else:
        fields.add(fields.limit(_expand(match, lookup)))


def _bare_piece(match: re.Match[str], fields: _Fields, lookup: Lookup, *, split: bool) -> None:
    kind = match.lastgroup
    if kind == "plain":
        fields.add(match[0])
        fields.skeleton.append(match[0])
        return
    fields.skeleton.append("x")
    if kind == "single":
        fields.add(_CONTINUATION.sub("", match["single"]))
    elif kind == "escape":
        fields.add("" if match["escape"].endswith("\n") else match["escape"])
    elif kind == "ansi":
        fields.add(_ANSI_ESCAPE.sub(_ansi_escape, match["ansi"]))
    elif kind == "dollar":
        fields.add("$")
    elif split:
        fields.split(fields.limit(_expand(match, lookup)))
    else:
        fields.add(fields.limit(_expand(match, lookup)))


def _ansi_escape(match: re.Match[str]) -> str:
    kind = str(match.lastgroup)
    if kind == "letter":
        if match[kind] not in _ANSI:
            raise _UnknownWordError
        return _ANSI[match[kind]]
    number = int(match[kind], 8 if kind == "octal" else 16)
    # What is beyond is a byte of a character, or none; a zero ends the word.
    if not 0 < number <= _MOST_ASCII:
        raise _UnknownWordError
    return chr(number)


def _expand(match: re.Match[str], lookup: Lookup) -> str:
    """The value of `$NAME`, `${NAME}`, `${NAME:-other}`, `${NAME:=other}` and its kin."""
    fact = lookup(match["name"] or match["braced"])
    if fact is UNKNOWN:
        raise _UnknownWordError
    value = fact.value if isinstance(fact, Known) else ""
    operator = match["operator"]
    if not operator:
        return value
    if value and not value.strip(UNTOLD + PERHAPS_APART):
        return UNTOLD  # whether there is anything is not known either
    there = bool(value) if match["colon"] else fact is not ABSENT
    if operator in ("-", "="):
        return value if there else match["other"]
    return match["other"] if there else ""
