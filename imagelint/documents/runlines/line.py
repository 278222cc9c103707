"""A command that runs a container: its flags, its image, and what it starts in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.core.source import Span
from imagelint.documents.runlines.values import Value, value_of
from imagelint.knowledge.containers.run_flags import GLOBAL_VALUED, SAME, SERVICE_VERB, VERBS

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from imagelint.documents.shell.script import Command, Word
    from imagelint.knowledge.containers.run_flags import Verb

STANDARD_INPUT = "-"
"""How a program is told to read what it is handed: a word, no flag."""
# How words of unknown value are called that stand for an image, or for any number of flags.
_IMAGE_NAME = pattern(r"IMAGE|IMG|TAG|image|img|tag|Image")
_LIST = pattern(r"\"?\$\{\w+\[[@*]\][^}]*\}\"?|\"?\$\{?[@*]\}?\"?|\$\{\w+:?\+.*", re.DOTALL)
_FLAGS_NAME = pattern(
    r"OPT|ARG|FLAG|ENV|GPU|VOL|PORT|MOUNT|EXTRA|PARAM|NET|DEVICE|RESTART|PROXY", re.IGNORECASE
)
_FALSE = frozenset({"false", "False", "FALSE", "f", "F", "0"})


class Flag(NamedTuple):
    """A flag by its long name; `span` is where that is written. Without a value it is switched.

    `joined` tells that its value stands in the same word behind a blank, which the program refuses.
    """

    span: Span
    name: str
    value: Value | None = None
    joined: bool = False

    @property
    def off(self) -> bool:
        """Whether a switch is switched off."""
        return self.value is not None and self.value.known in _FALSE


class RunLine(NamedTuple):
    """A command that makes a container of an image.

    `span` are its program and verb, `arguments` the words behind the image. `complete` is false
    where flags may come from what is not known.
    """

    span: Span
    program: str
    verb: str
    flags: tuple[Flag, ...]
    image: Value
    arguments: tuple[Word, ...]
    complete: bool

    @property
    def is_service(self) -> bool:
        """Whether a swarm runs it."""
        return self.verb == SERVICE_VERB

    @property
    def title(self) -> str:
        """How it begins: `docker run`."""
        return f"{self.program} {self.verb}"

    def last(self, name: str) -> Flag | None:
        """The flag of that name that counts, which is the last."""
        return next((flag for flag in reversed(self.flags) if flag.name == name), None)


def read_line(command: Command) -> RunLine | None:
    """The line that a command is; None where it is none, or where its image cannot be told."""
    verbs = VERBS.get(command.program)
    found = verb_of(command, verbs) if verbs is not None else None
    if found is None:
        return None
    verb, at = found
    reader = _Reader(command.words, at, VERBS[command.program][verb])
    if not reader.read():
        return None
    span = Span(command.words[0].span.start, command.words[at - 1].span.end)
    image = value_of(command.words[reader.at])
    if not reader.complete and _is_no_image(image):
        return None
    return RunLine(
        span=span,
        program=command.program,
        verb=verb,
        flags=tuple(reader.flags),
        image=image,
        arguments=command.words[reader.at + 1 :],
        complete=reader.complete,
    )


def _is_no_image(image: Value) -> bool:
    """Whether something else stands there: then the image is among what was taken for flags."""
    return bool(image.known) and parse_reference(image.known) is None


def read_flags(words: Sequence[Word], program: str) -> tuple[Flag, ...] | None:
    """Flags that stand alone; None where one of them is not known."""
    reader = _Reader(words, 0, VERBS[program]["run"])
    reader.read()
    return tuple(reader.flags) if reader.at >= len(words) and reader.complete else None


class FlagsRead(NamedTuple):
    """The flags among words, the words that are none, and whether there are no others."""

    flags: tuple[Flag, ...]
    words: tuple[Value, ...]
    complete: bool


def flags_among(words: Sequence[Word], verb: Verb) -> FlagsRead | None:
    """The flags among words; None where one of them is not known."""
    complete = True
    rest: list[Value] = []
    flags: list[Flag] = []
    at = 0
    while at < len(words):
        reader = _Reader(words, at, verb)
        if not reader.read() and reader.at < len(words):
            return None
        flags += reader.flags
        complete = complete and reader.complete
        rest += [value_of(word) for word in words[reader.at : reader.at + 1]]
        at = reader.at + 1
    return FlagsRead(tuple(flags), tuple(rest), complete)


def verb_of(command: Command, verbs: Container[str]) -> tuple[str, int] | None:
    """The verb of a program that has these, and the index behind it."""
    words = command.words
    valued = GLOBAL_VALUED.get(command.program, frozenset())
    at = 1
    while at < len(words) and words[at].text[:1] == "-":
        at += 2 if words[at].text in valued else 1
    for count in (1, 2):
        verb = " ".join(word.text for word in words[at : at + count])
        if verb in verbs:
            return verb, at + count
    return None


class _Reader:
    """One pass over the flags; `at` is the image then."""

    def __init__(self, words: Sequence[Word], at: int, verb: Verb) -> None:
        self.words = words
        self.at = at
        self.verb = verb
        self.flags: list[Flag] = []
        self.complete = True

    def read(self) -> bool:
        """Whether the image was found."""
        while self.at < len(self.words):
            word = self.words[self.at]
            text = value_of(word).text
            if text == "--":
                self.at += 1
                break
            if text[:1] == "-" and text != STANDARD_INPUT:
                if not self._flag(word, text):
                    return False
            elif isinstance(word.value, Known) or not self._holds_flags(word):
                break
            else:
                self.complete = False
            self.at += 1
        return self.at < len(self.words) and bool(value_of(self.words[self.at]).text)

    def _flag(self, word: Word, text: str) -> bool:
        return self._long(word, text[2:]) if text[1:2] == "-" else self._short(word, text[1:])

    def _holds_flags(self, word: Word) -> bool:
        """Whether a word of unknown value may be any number of flags, and not the image."""
        raw = word.raw
        if _LIST.fullmatch(raw):
            return True
        if raw[:1] in "\"'" or not raw.startswith("$") or _IMAGE_NAME.search(raw):
            return False
        following = self.words[self.at + 1 : self.at + 2]
        flagged = any(value_of(one).text.startswith("-") for one in following)
        return bool(following) and (flagged or _FLAGS_NAME.search(raw) is not None)

    def _long(self, word: Word, text: str) -> bool:
        name, equals, _ = text.partition("=")
        span = _head(word, len(name) + 2)
        flag, blank, _ = text.partition(" ")
        if blank and flag in self.verb.valued and isinstance(word.value, Known):
            value = value_of(word).behind(f"--{flag} ")
            self.flags.append(Flag(word.span, SAME.get(flag, flag), value, joined=True))
            return True
        if equals:
            return self._add(span, name, value_of(word).behind(f"--{name}="))
        if name in self.verb.alone:
            return self._add(span, name, None)
        return name in self.verb.valued and self._with_next(span, name)

    def _short(self, word: Word, letters: str) -> bool:
        for index, letter in enumerate(letters):
            name = self.verb.short.get(letter)
            if name is None:
                return False
            if name in self.verb.alone:
                self._add(word.span, name, None)
                continue
            prefix = f"-{letters[: index + 1]}"
            if len(letters) == index + 1:
                return self._with_next(word.span, name)
            equals = "=" if letters[index + 1] == "=" else ""
            span = _head(word, len(prefix))
            return self._add(span, name, value_of(word).behind(prefix + equals))
        return True

    def _with_next(self, span: Span, name: str) -> bool:
        self.at += 1
        there = self.at < len(self.words)
        return there and self._add(span, name, value_of(self.words[self.at]))

    def _add(self, span: Span, name: str, value: Value | None) -> bool:
        self.flags.append(Flag(span, SAME.get(name, name), value))
        return True


def _head(word: Word, length: int) -> Span:
    """The first characters of a word, where it is written as it is."""
    written = word.raw[:1] == "-" and word.span.end - word.span.start == len(word.raw)
    return Span(word.span.start, word.span.start + length) if written else word.span
