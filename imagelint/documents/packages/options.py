"""The words of an installing command, sorted into options and operands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.packages.model import Option
from imagelint.documents.shell.script import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imagelint.documents.shell.script import Command

# A comma ends a package where another begins, and not within extras or before a bound.
_LISTED = pattern(r"(?:[^,\[]|\[[^\]]*+\]?|,(?=\s*[<>=!~]))++")
_LINES_OF = pattern(r"\$\((?:cat[ \t]+|<[ \t]*)([\w./-]+)[ \t]*\)")


class ParsedOptions(NamedTuple):
    """`complete` is false when an unknown word may hold further options or operands."""

    options: tuple[Option, ...]
    operands: tuple[Word, ...]
    complete: bool

    def has(self, *names: str) -> bool:
        """Whether one of these options is given; `--name=value` only with this value."""
        for option in self.options:
            if option.name in names:
                return True
            if option.value is not None and f"{option.name}={option.value.text}" in names:
                return True
        return False

    def count(self, *names: str) -> int:
        """How often one of these options is given."""
        return sum(option.name in names for option in self.options)

    def values(self, *names: str) -> tuple[Word, ...]:
        """The values of these options, in order."""
        return tuple(
            option.value for option in self.options if option.name in names and option.value
        )

    def verb(self, verbs: Iterable[str]) -> tuple[str, tuple[Word, ...]]:
        """Which of these subcommands, of one word or more, the operands begin with, and the rest.

        Empty when they begin with none. `pip install` comes before `pip` in `verbs`.
        """
        first = self.operands[0].text if self.operands else ""
        for verb in verbs:
            if not verb.startswith(first):
                continue
            length = verb.count(" ") + 1
            if " ".join(word.text for word in self.operands[:length]) == verb:
                return verb, self.operands[length:]
        return "", self.operands


def sort_words(words: Sequence[Word], valued: frozenset[str]) -> ParsedOptions:
    """Sort the words behind a program; `valued` are the options that take a value."""
    options: list[Option] = []
    operands: list[Word] = []
    complete = True
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        text = bare_text(word)
        complete = complete and not _may_be_anything(word)
        if text == "--":
            operands += words[at:]
            break
        if len(text) < 2 or text[0] != "-":  # noqa: PLR2004 - a dash alone is an operand
            if text:
                operands.append(word)
        elif text in valued and at < len(words):
            options.append(Option(Span(word.span.start, words[at].span.end), text, words[at]))
            at += 1
        else:
            options += _one_word(word, text, valued)
            if _awaits_value(text, valued) and at < len(words):
                last = options.pop()
                span = Span(word.span.start, words[at].span.end)
                options.append(last._replace(span=span, value=words[at]))
                at += 1
    return ParsedOptions(tuple(options), tuple(operands), complete)


def _one_word(word: Word, text: str, valued: frozenset[str]) -> list[Option]:
    """The options in one word: `--name=value`, `-rfile`, `-qy`, `-qO-`."""
    name, equals, value = text.partition("=")
    at = 0 if text.startswith("--") else _valued_letter(text, valued)
    if not at and (equals or text.startswith("--")):
        return [Option(word.span, name, _part(word, value) if equals else None)]
    if at and at + 1 < len(text):
        switches = [Option(word.span, f"-{letter}") for letter in text[1:at]]
        rest = text[at + 1 :].removeprefix("=")
        return [*switches, Option(word.span, f"-{text[at]}", _part(word, rest))]
    if text[1:].isalpha():
        return [Option(word.span, f"-{letter}") for letter in text[1:]]
    return [Option(word.span, text)]


def _valued_letter(text: str, valued: frozenset[str]) -> int:
    """Where in `-qO-` the first letter stands that takes a value, 0 when there is none."""
    for at, letter in enumerate(text[1:], start=1):
        if not letter.isalpha():
            return 0
        if f"-{letter}" in valued:
            return at
    return 0


def _awaits_value(text: str, valued: frozenset[str]) -> bool:
    """Whether the last letter of `-fsSLo` takes the next word as its value."""
    return text[1] != "-" and text not in valued and _valued_letter(text, valued) == len(text) - 1


def _part(word: Word, value: str) -> Word:
    """A value that is part of a word. The place is exact where the word is written plainly."""
    fact = Known(value) if isinstance(word.value, Known) else UNKNOWN
    if value and word.raw.endswith(value):
        return Word(Span(word.span.end - len(value), word.span.end), value, fact)
    return Word(word.span, word.raw, fact)


def bare_text(word: Word) -> str:
    """The value of a word, or what is written without its quotes."""
    if isinstance(word.value, Known):
        value: str = word.value.value
        return value
    return word.raw.replace('"', "").replace("'", "")


def listed_files(command: Command, operands: Iterable[Word]) -> Iterator[Word]:
    """The files whose lines are operands: of `$(cat FILE)`, `$(<FILE)`, and what xargs reads."""
    for word in operands:
        match = _LINES_OF.fullmatch(word.raw) if word.value is UNKNOWN else None
        if match and len(word.raw) == word.span.end - word.span.start:
            place = Span(word.span.start + match.start(1), word.span.start + match.end(1))
            yield Word(place, match[1], Known(match[1]))
    yield from (one.file for one in command.given if one.file is not None)


def parts_at_commas(word: Word) -> Iterator[Word]:
    """The packages that one word names, as uv has them: `torch==2.8.0,numpy>=1.26,<3`."""
    text = bare_text(word)
    if "," not in text:
        yield word
        return
    start = word.raw.find(text)
    for match in _LISTED.finditer(text):
        value = match[0].strip()
        fact = Known(value) if isinstance(word.value, Known) else UNKNOWN
        at = word.span.start + start + match.start()
        verbatim = start >= 0 and len(word.raw) == word.span.end - word.span.start
        yield Word(Span(at, at + len(match[0])) if verbatim else word.span, value, fact)


def is_open(word: Word) -> bool:
    """Whether a variable or a substitution of unknown result takes part in a word."""
    return word.value is UNKNOWN and ("$" in word.raw or "`" in word.raw)


def _may_be_anything(word: Word) -> bool:
    return word.value is UNKNOWN and word.raw.lstrip("\"'")[:1] in ("$", "`")
