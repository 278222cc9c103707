"""Words and variables as BuildKit's own lexer processes them.

The rules are those of `frontend/dockerfile/shell/lex.go` of moby/buildkit, with one value more: a
variable may be unknown, and so is then whatever depends on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern as lazy
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.expansion.substitution import (
    DOLLAR,
    NOT_KNOWN,
    ExpansionError,
    RequiredVariableError,
    TextPart,
    UnclosedQuoteError,
    VariableReference,
    chosen,
    replaced,
    trimmed,
)
from imagelint.documents.dockerfile.syntax.words import WordCollector

if TYPE_CHECKING:
    import re

    from imagelint.documents.dockerfile.syntax.words import RawWord

_DEEPEST = 100  # nested `${a:-${b:-…}}`
_LONGEST = 1 << 13  # of an expanded value: `ENV a=$a$a` doubles, `ENV b=x$a` adds with every line
_END = ""


class Lookup(Protocol):
    """Where values come from."""

    def __call__(self, name: str, /) -> Fact[str]:
        """The value: absent when the variable is not set, unknown when that cannot be told."""
        ...


class ExpansionStyle(NamedTuple):
    """How a text is processed.

    `raw_quotes` and `raw_escapes` keep quotes and escape characters, `keep_unset` leaves variables
    that are not set as they are written, `quotes` false takes quotes for ordinary characters.
    """

    escape: str = "\\"
    raw_quotes: bool = False
    raw_escapes: bool = False
    keep_unset: bool = False
    quotes: bool = True


def unset(_name: str) -> Fact[str]:
    """A lookup in which nothing is set."""
    return ABSENT


def is_expanded(text: str) -> bool:
    """Whether a word may come to something else than what is written: most do not."""
    return _INTERESTING.search(text) is not None


def expand(text: str, lookup: Lookup, style: ExpansionStyle = ExpansionStyle()) -> Fact[str]:  # noqa: B008 - immutable
    """What a single word comes to: quotes removed, variables expanded.

    Raises:
        ExpansionError: BuildKit refuses the word.
    """
    if not is_expanded(text):
        return Known(text)
    part = _Lexer(text, lookup, style).run()
    return Known(part.text) if part.known else UNKNOWN


def split_words(text: str, lookup: Lookup, style: ExpansionStyle) -> Fact[tuple[RawWord, ...]]:
    """The words of a text, split after expansion as BuildKit splits it.

    Raises:
        ExpansionError: BuildKit refuses the text.
    """
    lexer = _Lexer(text, lookup, style)
    part = lexer.run()
    return Known(lexer.words.finished()) if part.known else UNKNOWN


_INTERESTING = lazy(r"[\\`$'\"]")
_NAME = lazy(r"\d+|[@*#?\-$!]|[^\W\d]\w*")


class _Lexer:
    """One pass over one text."""

    __slots__ = ("_at", "_depth", "_lookup", "_plain", "_raw", "_style", "_text", "words")

    def __init__(self, text: str, lookup: Lookup, style: ExpansionStyle) -> None:
        self._text = text
        self._lookup = lookup
        self._style = style
        self._at = 0
        self._depth = 0
        self._raw = style.raw_escapes
        self._plain = _plain_run(style.escape)
        self.words = WordCollector()

    def run(self) -> TextPart:
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

    def _until(self, stop: str) -> TextPart:
        """Process up to `stop` (which is consumed) or to the end of the text."""
        nested = stop != _END
        result = _Result()
        while self._at < len(self._text):
            run = self._plain.match(self._text, self._at)
            if run is not None and not nested:
                self.words.add(run[0], self._at)
                self._at = run.end()
                result.add(TextPart(run[0]))
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

    def _ordinary(self) -> TextPart:
        start = self._at
        character = self._next()
        if character != self._style.escape:
            self.words.add(character, start)
            return TextPart(character)
        kept = character if self._raw else ""
        text = kept + self._next()
        self.words.add_raw(text, start)
        return TextPart(text)

    def _angle(self) -> TextPart:
        """`<<` keeps the blanks behind it: they may separate a here-document from its name."""
        start = self._at
        self._at += 1
        if self._peek() == "<":
            self._at += 1
            while self._peek() in _BLANKS:
                self._at += 1
        return TextPart(self._text[start : self._at])

    def _single(self) -> TextPart:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise UnclosedQuoteError("a single quote is not closed")
        inner = self._text[self._at + 1 : end]
        self._at = end + 1
        return TextPart(f"'{inner}'" if self._style.raw_quotes else inner)

    def _double(self) -> TextPart:
        self._at += 1
        quote = '"' if self._style.raw_quotes else ""
        result = _Result()
        result.add(TextPart(quote))
        while self._at < len(self._text):
            character = self._peek()
            if character == '"':
                self._at += 1
                result.add(TextPart(quote))
                return result.part()
            if character == "$":
                result.add(result.limit(self._dollar()))
            else:
                result.add(TextPart(self._in_double()))
        raise UnclosedQuoteError("a double quote is not closed")

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

    def _dollar(self) -> TextPart:
        self._at += 1
        if self._peek() != "{":
            name = self._name()
            return self._value(name, f"${name}") if name else DOLLAR
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

    def _value(self, name: str, written: str) -> TextPart:
        fact = self._lookup(name)
        if isinstance(fact, Known):
            return TextPart(fact.value)
        if fact is UNKNOWN:
            return NOT_KNOWN
        return TextPart(written if self._style.keep_unset else "")

    def _braces(self) -> TextPart:
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
            return TextPart(f"${{{name}{':' * colon}{operator}{word.text}}}")
        if operator in "#%":
            return trimmed(fact, operator, word)
        return chosen(fact, operator, word, VariableReference(name, colon))

    def _word(self, stop: str, *, raw: bool) -> TextPart:
        before, words = self._raw, self.words
        self._raw, self.words = raw, WordCollector()
        try:
            return self._until(stop)
        except ExpansionError as error:
            if self._at >= len(self._text) and not isinstance(error, RequiredVariableError):
                raise ExpansionError(f"missing {stop!r}") from None
            raise
        finally:
            self._raw, self.words = before, words

    def _replacement(self, name: str) -> TextPart:
        every = self._peek() == "/"
        self._at += every
        pattern = self._word("/", raw=True)
        text = self._word("}", raw=True)
        fact = self._lookup(name)
        if fact is ABSENT and self._style.keep_unset:
            return TextPart(f"${{{name}/{pattern.text}/{text.text}}}")
        return replaced(fact, pattern, text, every=every)


class _Result:
    """The text so far, and whether all of it is known."""

    __slots__ = ("_known", "_length", "_parts")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._known = True

    def add(self, part: TextPart) -> None:
        self._parts.append(part.text)
        self._known = self._known and part.known

    def limit(self, value: TextPart) -> TextPart:
        """The value, or an unknown one when the values so far have become too long."""
        self._length += len(value.text)
        return value if self._length <= _LONGEST else NOT_KNOWN

    def part(self) -> TextPart:
        return TextPart("".join(self._parts), self._known)


_OPERATORS = ("+", "-", "?", "#", "%")
_BLANKS = ("\t", "\r", " ")


def _plain_run(escape: str) -> re.Pattern[str]:
    return _PLAIN_TICK if escape == "`" else _PLAIN_SLASH


_PLAIN_SLASH = lazy(r"[^\\$<'\"]+")
_PLAIN_TICK = lazy(r"[^`$<'\"]+")
