"""Words and variables as BuildKit's own lexer processes them.

The rules are those of `frontend/dockerfile/shell/lex.go` of moby/buildkit, with one value more: a
variable may be unknown, and so is then whatever depends on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.dockerfile.patterns import (
    Pattern,
    PatternError,
    read_pattern,
    replace,
    trim_prefix,
    trim_suffix,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# What Go's unicode.IsSpace takes for a space; Python's isspace takes four more.
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_DEEPEST = 100  # nested `${a:-${b:-…}}`
_LONGEST = 1 << 16  # of an expanded value: `ENV a=$a$a` doubles with every line
_LONGEST_MATCHED = 1 << 12  # of a value that a pattern is applied to
_SPECIAL = "@*#?-$!0"
_END = ""


class Lookup(Protocol):
    """Where values come from."""

    def __call__(self, name: str, /) -> Fact[str]:
        """The value: absent when the variable is not set, unknown when that cannot be told."""
        ...


class ExpansionError(ValueError):
    """BuildKit refuses the word; `args[0]` says why."""


class DemandError(ExpansionError):
    """`${name:?message}`, and the variable is certainly not set."""


class Style(NamedTuple):
    """How a text is processed.

    `raw_quotes` and `raw_escapes` keep quotes and escape characters, `keep_unset` leaves variables
    that are not set as they are written, `quotes` false takes quotes for ordinary characters.
    """

    escape: str = "\\"
    raw_quotes: bool = False
    raw_escapes: bool = False
    keep_unset: bool = False
    quotes: bool = True


class _Part(NamedTuple):
    text: str
    known: bool = True


_DOLLAR = _Part("$")
_UNKNOWN = _Part("", known=False)


def unset(_name: str) -> Fact[str]:
    """A lookup in which nothing is set."""
    return ABSENT


def expand(text: str, lookup: Lookup, style: Style = Style()) -> Fact[str]:  # noqa: B008 - immutable
    """What a single word comes to: quotes removed, variables expanded.

    Raises:
        ExpansionError: BuildKit refuses the word.
    """
    if not _INTERESTING.search(text):
        return Known(text)
    part = _Lexer(text, lookup, style).run()
    return Known(part.text) if part.known else UNKNOWN


class Piece(NamedTuple):
    """A word: its text as BuildKit has it, and its place in the text that it is part of."""

    start: int
    end: int
    text: str


def split_words(text: str, lookup: Lookup, style: Style) -> Fact[tuple[Piece, ...]]:
    """The words of a text, split after expansion as BuildKit splits it.

    Raises:
        ExpansionError: BuildKit refuses the text.
    """
    lexer = _Lexer(text, lookup, style)
    part = lexer.run()
    return Known(lexer.words.finished()) if part.known else UNKNOWN


_INTERESTING = re.compile(r"[\\`$'\"]")
_SPACE = re.compile(f"[{SPACES}]")
_NAME = re.compile(r"\d+|[@*#?\-$!]|[^\W\d]\w*")


class _Words:
    """Collects words while their characters come in."""

    __slots__ = ("_begin", "_buffer", "_done")

    def __init__(self) -> None:
        self._buffer: list[str] = []
        self._begin = 0
        self._done: list[Piece] = []

    def add(self, text: str, at: int) -> None:
        """Text written at `at` in which spaces separate words."""
        first, *others = _SPACE.split(text)
        self.add_raw(first, at)
        at += len(first)
        for other in others:
            self.end(at)
            at += 1
            self.add_raw(other, at)
            at += len(other)

    def add_value(self, text: str, at: int) -> None:
        """The value of a variable written at `at`, in which spaces separate words too."""
        first, *others = _SPACE.split(text)
        self.add_raw(first, at)
        for other in others:
            self.end(at)
            self.add_raw(other, at)

    def add_raw(self, text: str, at: int) -> None:
        """Text written at `at` that belongs to the word, spaces and all."""
        if not self._buffer:
            self._begin = at
        if text:
            self._buffer.append(text)

    def end(self, at: int) -> None:
        """The word, if there is one, ends before `at`."""
        if self._buffer:
            self._done.append(Piece(self._begin, at, "".join(self._buffer)))
            self._buffer.clear()

    def finished(self) -> tuple[Piece, ...]:
        """All words that have ended."""
        return tuple(self._done)


class _Lexer:
    """One pass over one text."""

    __slots__ = ("_at", "_depth", "_lookup", "_plain", "_raw", "_style", "_text", "words")

    def __init__(self, text: str, lookup: Lookup, style: Style) -> None:
        self._text = text
        self._lookup = lookup
        self._style = style
        self._at = 0
        self._depth = 0
        self._raw = style.raw_escapes
        self._plain = _plain_run(style.escape)
        self.words = _Words()

    def run(self) -> _Part:
        """Process the whole text."""
        part = self._until(_END)
        self.words.end(len(self._text))
        return part

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        character = self._text[self._at : self._at + 1]
        self._at += 1
        return character

    def _until(self, stop: str) -> _Part:
        """Process up to `stop` (which is consumed) or to the end of the text."""
        nested = stop != _END
        result = _Result()
        while self._at < len(self._text):
            run = self._plain.match(self._text, self._at)
            if run is not None and not nested:
                self.words.add(run[0], self._at)
                self._at = run.end()
                result.add(_Part(run[0]))
                continue
            if nested and self._peek() == stop:
                self._at += 1
                return result.part()
            self._step(result)
        if nested:
            raise ExpansionError(f"unexpected end of statement while looking for {stop}")
        return result.part()

    def _step(self, result: _Result) -> None:
        character = self._peek()
        start = self._at
        if character == "$":
            part = result.limit(self._dollar())
            self.words.add_value(part.text, start)
        elif character == "<":
            part = self._angle()
            self.words.add_raw(part.text, start)
        elif character in "'\"" and self._style.quotes:
            part = self._single() if character == "'" else self._double()
            self.words.add_raw(part.text, start)
        else:
            part = self._ordinary()
        result.add(part)

    def _ordinary(self) -> _Part:
        start = self._at
        character = self._next()
        if character != self._style.escape:
            self.words.add(character, start)
            return _Part(character)
        kept = character if self._raw else ""
        text = kept + self._next()
        self.words.add_raw(text, start)
        return _Part(text)

    def _angle(self) -> _Part:
        """`<<` keeps the blanks behind it: they may separate a here-document from its name."""
        start = self._at
        self._at += 1
        if self._peek() == "<":
            self._at += 1
            while self._peek() in _BLANKS:
                self._at += 1
        return _Part(self._text[start : self._at])

    def _single(self) -> _Part:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise ExpansionError("a single quote is not closed")
        inner = self._text[self._at + 1 : end]
        self._at = end + 1
        return _Part(f"'{inner}'" if self._style.raw_quotes else inner)

    def _double(self) -> _Part:
        self._at += 1
        quote = '"' if self._style.raw_quotes else ""
        result = _Result()
        result.add(_Part(quote))
        while self._at < len(self._text):
            character = self._peek()
            if character == '"':
                self._at += 1
                result.add(_Part(quote))
                return result.part()
            if character == "$":
                result.add(result.limit(self._dollar()))
            else:
                result.add(_Part(self._in_double()))
        raise ExpansionError("a double quote is not closed")

    def _in_double(self) -> str:
        run = self._plain.match(self._text, self._at)
        if run is not None:
            self._at = run.end()
            return run[0]
        character = self._next()
        if character != self._style.escape:
            return character
        kept = character if self._raw else ""
        following = self._peek()
        if not following:
            return kept
        if following in ('"', "$", self._style.escape):
            return kept + self._next()
        return kept + character

    def _dollar(self) -> _Part:
        self._at += 1
        if self._peek() != "{":
            name = self._name()
            return self._value(name, f"${name}") if name else _DOLLAR
        self._at += 1
        if not self._peek():
            raise ExpansionError("missing '}'")
        if self._peek() in "{}:":
            raise ExpansionError("bad substitution")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpansionError("substitutions are nested too deeply")
        part = self._braces()
        self._depth -= 1
        return part

    def _name(self) -> str:
        match = _NAME.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _value(self, name: str, written: str) -> _Part:
        fact = self._lookup(name)
        if isinstance(fact, Known):
            return _Part(fact.value)
        if fact is UNKNOWN:
            return _UNKNOWN
        return _Part(written if self._style.keep_unset else "")

    def _braces(self) -> _Part:
        """Behind `${`."""
        start = self._at - 2
        name = self._name()
        operator = self._next()
        if operator == "}":
            return self._value(name, f"${{{name}}}")
        if operator == "/":
            return self._replacement(name)
        colon = operator == ":"
        if colon:
            operator = self._next()
        if operator not in _OPERATORS or (colon and operator in "#%"):
            shown = self._text[start : self._at]
            raise ExpansionError(f"unsupported modifier in the substitution {shown}")
        word = self._word("}", raw=operator in "#%")
        fact = self._lookup(name)
        if fact is ABSENT and self._style.keep_unset:
            return _Part(f"${{{name}{':' * colon}{operator}{word.text}}}")
        if operator in "#%":
            return _trimmed(fact, operator, word)
        return _chosen(fact, operator, word, _Question(name, colon))

    def _word(self, stop: str, *, raw: bool) -> _Part:
        before, words = self._raw, self.words
        self._raw, self.words = raw, _Words()
        try:
            return self._until(stop)
        except ExpansionError as error:
            if self._at >= len(self._text) and not isinstance(error, DemandError):
                raise ExpansionError(f"missing {stop!r}") from None
            raise
        finally:
            self._raw, self.words = before, words

    def _replacement(self, name: str) -> _Part:
        every = self._peek() == "/"
        self._at += every
        pattern = self._word("/", raw=True)
        text = self._word("}", raw=True)
        fact = self._lookup(name)
        if fact is ABSENT and self._style.keep_unset:
            return _Part(f"${{{name}/{pattern.text}/{text.text}}}")
        if fact is UNKNOWN or not (pattern.known and text.known):
            return _UNKNOWN
        value = fact.value if isinstance(fact, Known) else ""
        if every and "$" in text.text:  # Go takes it for the name of a group
            return _UNKNOWN
        return _matched(
            value, pattern.text, lambda known: replace(value, known, text.text, every=every)
        )


class _Result:
    """The text so far, and whether all of it is known."""

    __slots__ = ("_known", "_length", "_parts")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._known = True

    def add(self, part: _Part) -> None:
        self._parts.append(part.text)
        self._known = self._known and part.known

    def limit(self, value: _Part) -> _Part:
        """The value, or an unknown one when the values so far have become too long."""
        self._length += len(value.text)
        return value if self._length <= _LONGEST else _UNKNOWN

    def part(self) -> _Part:
        return _Part("".join(self._parts), self._known)


class _Question(NamedTuple):
    """The variable that is asked for, and whether an empty value counts as none (`:`)."""

    name: str
    colon: bool


_OPERATORS = ("+", "-", "?", "#", "%")
_BLANKS = ("\t", "\r", " ")


def _plain_run(escape: str) -> re.Pattern[str]:
    return _PLAIN_TICK if escape == "`" else _PLAIN_SLASH


_PLAIN_SLASH = re.compile(r"[^\\$<'\"]+")
_PLAIN_TICK = re.compile(r"[^`$<'\"]+")


def _chosen(fact: Fact[str], operator: str, word: _Part, asked: _Question) -> _Part:
    """`-`, `+` and `?`, with or without a colon."""
    if fact is UNKNOWN:
        return _UNKNOWN
    value = fact.value if isinstance(fact, Known) else None
    there = value is not None and not (asked.colon and value == "")
    if operator == "+":
        return word if there else _Part("")
    if there:
        return _Part(value or "")
    if operator == "-":
        return word
    message = word.text or f"is not allowed to be {'unset' if value is None else 'empty'}"
    raise DemandError(f"{asked.name}: {message}")


def _trimmed(fact: Fact[str], operator: str, word: _Part) -> _Part:
    if fact is UNKNOWN or not word.known:
        return _UNKNOWN
    value = fact.value if isinstance(fact, Known) else ""
    longest = word.text.startswith(operator)
    trim = trim_prefix if operator == "#" else trim_suffix
    text = word.text[1:] if longest else word.text
    return _matched(value, text, lambda pattern: trim(value, pattern, longest=longest))


def _matched(value: str, text: str, apply: Callable[[Pattern], str]) -> _Part:
    """The outcome of a pattern; unknown where it would cost too much to tell."""
    if "\n" in value or len(value) > _LONGEST_MATCHED or len(text) > _LONGEST_MATCHED:
        return _UNKNOWN
    try:
        return _Part(apply(read_pattern(text)))
    except PatternError as error:
        raise ExpansionError(f"{error} in the pattern {text}") from None
