"""Flags of a server, from words and from the variables that mean the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Word
    from imagelint.knowledge.engines import Engine

TRUE = "true"
FALSE = "false"
# What every engine uses for flags without a value, where its table does not say otherwise.
_BARE = ("no-", "disable-", "enable-")
_NUMBER = pattern(r"-[0-9.]+")
_TEMPLATE = pattern(r"\{\{|\$[({A-Za-z_]|<[a-z][a-z _-]*>")


class Switch(NamedTuple):
    """Something that a server is told.

    `name` is the main name of the flag without dashes (`tensor-parallel-size` for `-tp`), also when
    a variable says it; a bare or negated flag has the value `true` or `false`. `span` covers the
    flag and its value, or the whole setting of the variable; `value_span` the value alone (`span`
    without one). `written` is what stands there: `--tp`, `-tp`, or the variable's name; `keyed`
    tells that it is a key of a file of settings, each of which is handed on as a flag.
    """

    span: Span
    name: str
    value: Fact[str]
    value_span: Span
    written: str
    variable: bool = False
    keyed: bool = False


class ParsedWords(NamedTuple):
    """What the words said: switches, bare words, and whether all could be read."""

    switches: tuple[Switch, ...]
    positionals: tuple[Word, ...]
    complete: bool
    ambiguous: bool  # a bare word may have been taken for the value of a flag


class _Reader:
    """One pass over the words behind a program."""

    def __init__(self, engine: Engine, words: Sequence[Word]) -> None:
        self.engine = engine
        self.words = words
        self.at = 0
        self.switches: list[Switch] = []
        self._main_names: dict[str, str] = {}
        self.positionals: list[Word] = []
        self.complete = True
        self.ambiguous = False

    def read(self) -> ParsedWords:
        only_positionals = False
        while self.at < len(self.words):
            word = self.words[self.at]
            self.at += 1
            if only_positionals or not _is_flag(word):
                self._bare(word)
            elif _text(word) == "--":
                only_positionals = True
            else:
                self._flag(word)
        return ParsedWords(
            tuple(self.switches), tuple(self.positionals), self.complete, self.ambiguous
        )

    def _bare(self, word: Word) -> None:
        """A word that is no flag; one of unknown value could be any number of flags."""
        if not isinstance(word.value, Known) or holds_template(word.value.value):
            awaited = bool(self.engine.positional) and not self.positionals
            self.complete = self.complete and awaited and _names_a_model(word.raw)
        self.positionals.append(word)

    def _flag(self, word: Word) -> None:
        name, equals, value = _text(word).partition("=")
        stripped = name.lstrip("-").replace("_", "-")
        if not stripped or " " in stripped or holds_template(stripped):
            self.complete = False
            return
        if equals:
            self._add(word, name, _inside(word, len(name) + 1, value))
        elif self._is_boolean(stripped):
            self._bare_flag(word, name)
        else:
            self._with_value(word, name, stripped)

    def _is_boolean(self, stripped: str) -> bool:
        if stripped in self.engine.booleans:
            return True
        valued = stripped in self.engine.lists or self._is_option(self.engine.canonical(stripped))
        return not valued and stripped.startswith(_BARE)

    def _bare_flag(self, word: Word, name: str) -> None:
        following = self.words[self.at] if self.at < len(self.words) else None
        if following is not None and following.text.lower() in (TRUE, FALSE):
            self.at += 1
            self._add(word, name, (following.value, following.span))
        else:
            self._add(word, name, None)

    def _with_value(self, word: Word, name: str, stripped: str) -> None:
        values: list[Word] = []
        while self.at < len(self.words) and not _is_flag(self.words[self.at]):
            if values and not isinstance(self.words[self.at].value, Known):
                break
            values.append(self.words[self.at])
            self.at += 1
            if self.engine.canonical(stripped) not in self.engine.lists:
                break
        if not values:
            self._add(word, name, None)
            return
        if self.engine.canonical(stripped) == stripped and not self._is_option(stripped):
            self.ambiguous = True
        self._add(word, name, (_joined(values), Span(values[0].span.start, values[-1].span.end)))

    def _is_option(self, stripped: str) -> bool:
        return stripped in self.engine.flags

    def _add(self, word: Word, written: str, value: tuple[Fact[str], Span] | None) -> None:
        stripped = written.lstrip("-").replace("_", "-")
        negated = value is None and stripped.startswith("no-") and len(stripped) > len("no-")
        name = self._main_name(stripped.removeprefix("no-") if negated else stripped)
        if value is None:
            fact: Fact[str] = Known(FALSE if negated else TRUE, word.span)
            self.switches.append(Switch(word.span, name, fact, word.span, written))
            return
        fact, span = value
        whole = Span(min(word.span.start, span.start), max(word.span.end, span.end))
        self.switches.append(Switch(whole, name, settled(fact, span), span, written))

    def _main_name(self, stripped: str) -> str:
        if stripped not in self._main_names:
            self._main_names[stripped] = self._completed(stripped)
        return self._main_names[stripped]

    def _completed(self, stripped: str) -> str:
        name = self.engine.canonical(stripped)
        if name != stripped or not self.engine.abbreviations:
            return name
        known = self.engine.flags.keys() | self.engine.booleans
        if stripped in known:
            return stripped
        longer = [full for full in known if full.startswith(stripped) and len(stripped) > 1]
        return longer[0] if len(longer) == 1 else stripped


def _text(word: Word) -> str:
    """The value, or what is written without its quotes when the value is unknown."""
    return word.text if isinstance(word.value, Known) else word.raw.strip("\"'")


def _names_a_model(raw: str) -> bool:
    """Whether a word with a variable in the place of the model is that, and not a list of flags."""
    return "/" in raw or ("model" in raw.lower() and not raw.strip('"').endswith("[@]}"))


def _is_flag(word: Word) -> bool:
    text = _text(word)
    return len(text) > 1 and text[0] == "-" and not _NUMBER.fullmatch(text)


def _inside(word: Word, skip: int, value: str) -> tuple[Fact[str], Span]:
    """The value of `--name=value`, and its span where the word is written without quotes."""
    fact: Fact[str] = Known(value, None) if isinstance(word.value, Known) else UNKNOWN
    plain = word.raw == word.text and word.span.end - word.span.start == len(word.raw)
    span = Span(word.span.start + skip, word.span.end) if plain else word.span
    return fact, span


def _joined(values: Sequence[Word]) -> Fact[str]:
    if len(values) == 1:
        return values[0].value
    parts = [word.value.value for word in values if isinstance(word.value, Known)]
    return Known(" ".join(parts)) if len(parts) == len(values) else UNKNOWN


def settled(fact: Fact[str], span: Span) -> Fact[str]:
    """The value with its place; unknown when a variable or a template is part of it."""
    if not isinstance(fact, Known):
        return fact
    return UNKNOWN if holds_template(fact.value) else Known(fact.value.strip(), span)


def holds_template(text: str) -> bool:
    """Whether a text holds something that is still to be filled in."""
    return _TEMPLATE.search(text) is not None


def read_words(engine: Engine, words: Sequence[Word]) -> ParsedWords:
    """Take apart the words behind the program of an engine."""
    return _Reader(engine, words).read()


def read_environment(engine: Engine, env: Iterable[EnvVar]) -> tuple[Switch, ...]:
    """The variables that mean the same as a flag, as switches; an empty one says nothing."""
    found: list[Switch] = []
    for variable in env:
        name = engine.environment.get(variable.name)
        if name is None or (isinstance(variable.value, Known) and not variable.value.value):
            continue
        value = settled(variable.value, variable.value_span)
        found.append(
            Switch(variable.span, name, value, variable.value_span, variable.name, variable=True)
        )
    return tuple(found)
