"""What is known about a script's variables at one point of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.shell.script import Exports
from imagelint.documents.shell.words import (
    LONGEST_FILLED,
    PERHAPS_APART,
    UNTOLD,
    word_fields,
    word_value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Word

# Names that a stretch of script may set, whatever its control flow: assignments, and every word
# behind a builtin that sets variables.
_SET = pattern(
    r"\b([A-Za-z_]\w*)(?:\[[^\]\n]{0,80}\])?\+?="
    r"|\b(?:read|for|select|local|declare|typeset|readonly|export|unset|getopts|mapfile|readarray"
    r"|printf[ \t]+-v)\b([^\n;]*)",
    re.ASCII,
)
_NAME = pattern(r"[A-Za-z_]\w*", re.ASCII)
_MOST_HANDED_OUT = 4_000_000
"""Characters of the values of a script's variables, each as often as it is asked for."""


ALL_WORDS = pattern(r"(?:\"\$\{(\w+)\[@\]\}\"|\$\{(\w+)\[[@*]\]\}|\"\$\{?(@)\}?\"|\$\{?(@)\}?)")
"""What stands for all words of an array, or of those that the script was given."""
VARIABLE = pattern(r"\"?\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})\"?", re.ASCII)
"""A word that is one variable and nothing else."""
ARGUMENTS = "@"
"""The name under which a scope holds the words that `set --` gives to the script."""
ARRAY = pattern(r"(?P<name>[A-Za-z_]\w*)(?P<more>\+)?=\((?P<words>.*)\)", re.DOTALL)
"""How a script sets an array, or adds to it."""
_ELEMENT = pattern(
    r"(?P<comment>(?<![^\s])#[^\n]*)|(?P<gap>\s+|\\\r?\n)"
    r"|(?P<word>(?:\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\"|\$\([^()\"']*\)|\$\{[^{}\"']*\}"
    r"|[^\s'\"\\()])+)",
    re.DOTALL,
)
_ITSELF = "\ufdd2"
"""Stands for what a variable held before, in what is put in its place."""
_MARKS = UNTOLD + PERHAPS_APART
MOST_WORDS = 1_000
"""Words of one array: one that is put into another again and again doubles each time."""


class Array(NamedTuple):
    """The words under a name; `complete` is false where there may be more."""

    words: tuple[Word, ...]
    complete: bool = True

    def plus(self, other: Array, between: Word) -> Array:
        """The words of both; `between` stands for more that may be there."""
        more = () if self.complete else (between,)
        return Array((*self.words, *more, *other.words), other.complete)


def elements(text: str) -> list[tuple[int, int]] | None:
    """Where the words of a literal stand; None where it cannot be read, or names its places."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        match = _ELEMENT.match(text, at)
        if match is None or (match["word"] and match["word"].startswith("[")):
            return None
        if match["word"]:
            found.append(match.span())
        at = match.end()
    return found


class _Room:
    """How much of values is still handed out, to a scope and all that are made of it."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = _MOST_HANDED_OUT


class Scope:
    """Variables by name. What the script itself sets hides what was known before it."""

    __slots__ = (
        "_arrays",
        "_before",
        "_frozen",
        "_known",
        "_loops",
        "_open",
        "_own",
        "_partial",
        "_public",
        "_room",
        "exported",
        "exports_all",
    )

    def __init__(self, before: Mapping[str, Fact[str]], *, frozen: bool = False) -> None:
        self._before = before
        self._own: dict[str, Fact[str]] = {}
        self._arrays: dict[str, Array] = {}
        # What loops run through, by their variables.
        self._loops: dict[str, tuple[Word, ...]] = {}
        # Values of which a part is known; `UNTOLD` stands for the rest.
        self._partial: dict[str, str] = {}
        # What may be set in places that run whenever they are called.
        self._open: set[str] = set()
        # What was exported, and whether it still is.
        self._public: dict[str, bool] = {}
        self._room = _Room()
        self._frozen = frozen
        self._known = True
        self.exported = Exports()
        self.exports_all = False

    def lookup(self, name: str) -> Fact[str]:
        """What is known about a variable; nothing any more when too much was handed out."""
        if name in self._own:
            fact = self._own[name]
        else:
            fact = self._before.get(name, UNKNOWN) if self._known else UNKNOWN
        if isinstance(fact, Known):
            self._room.left -= len(fact.value)
            if self._room.left < 0:
                return UNKNOWN
        return fact

    def assign(self, name: str, value: Fact[str]) -> None:
        """The script sets a variable, certainly and from here on."""
        if not self._frozen:
            self._own[name] = value
            self._arrays.pop(name, None)
            self._partial.pop(name, None)
            self._loops.pop(name, None)

    def partly(self, name: str) -> Fact[str]:
        """As `lookup`, but what is not known is `UNTOLD`, alone or within what is known."""
        fact = self.lookup(name)
        if fact is not UNKNOWN:
            return fact
        text = self._partial.get(name, UNTOLD)
        self._room.left -= len(text)
        return Known(text if self._room.left >= 0 else UNTOLD)

    def assign_partly(self, name: str, text: str) -> None:
        """The script sets a variable that was assigned to; of its value a part is known."""
        if not self._frozen and name not in self._open:
            self._partial[name] = text

    def knows_parts(self) -> bool:
        """Whether there is a variable of which only a part is known."""
        return bool(self._partial)

    def array(self, name: str) -> Array | None:
        """The words of an array; None where nothing is known of them."""
        return self._arrays.get(name)

    def assign_array(self, name: str, array: Array) -> None:
        """The script sets an array."""
        if not self._frozen:
            self._arrays[name] = array._replace(complete=array.complete and name not in self._open)

    def loops(self) -> Mapping[str, tuple[Word, ...]]:
        """By variable, the words that the loops around run through."""
        return self._loops

    def loop(self, name: str, words: tuple[Word, ...]) -> None:
        """A loop begins, which sets a variable to one word after another."""
        if not self._frozen:
            self._loops[name] = words

    def unset(self, name: str) -> None:
        """The script removes a variable, certainly and from here on."""
        self.assign(name, ABSENT)
        if not self._frozen:
            self.exported = self.exported.without(name)
            if name in self._public:
                self._public[name] = False

    def exports(self, name: str) -> bool:
        """Whether programs that the script starts see a variable."""
        return self._public.get(name, False)

    def export(self, variable: EnvVar) -> None:
        """Programs that the script starts see the variable from here on."""
        self._public[variable.name] = True
        if not self._frozen:
            self.exported = self.exported.plus(variable)

    def taint(self, names: Iterable[str]) -> None:
        """The script may or may not set these variables."""
        for name in names:
            array = self._arrays.get(name)
            self.assign(name, UNKNOWN)
            self._open.add(name)
            if array is not None:
                self._arrays[name] = array._replace(complete=False)

    def taint_all(self) -> None:
        """Anything may have been set, such as by a file that was sourced."""
        self._known = False
        self.taint(tuple(self._own))

    def copy(self) -> Scope:
        """A scope to change without changing this one: that of a subshell."""
        twin = Scope(self._before, frozen=self._frozen)
        twin._own = dict(self._own)
        twin._arrays = dict(self._arrays)
        twin._loops = dict(self._loops)
        twin._partial = dict(self._partial)
        twin._open = set(self._open)
        twin._public = dict(self._public)
        twin._known = self._known
        twin.exported = self.exported
        twin._room = self._room
        twin.exports_all = self.exports_all
        return twin

    def visible(self) -> Scope:
        """What a program sees that is started here: of the script's own only what it exports."""
        twin = self.copy()
        twin._arrays = {}  # noqa: SLF001 - it is one of us
        twin._partial = {}  # noqa: SLF001
        twin._loops = {}  # noqa: SLF001
        before, public = self._before, self._public
        twin.taint(name for name in self._own if name not in public and name not in before)
        return twin

    def frozen(self) -> Scope:
        """This scope as it is now; assignments leave it alone."""
        twin = self.copy()
        twin._frozen = True  # noqa: SLF001 - it is one of us
        return twin


def names_set(text: str) -> set[str]:
    """Names of the variables that a stretch of script may set."""
    found: set[str] = set()
    for match in _SET.finditer(text):
        if match[1]:
            found.add(match[1])
        else:
            found.update(_NAME.findall(match[2]))
    return found


def partial_value(name: str, raw: str, scope: Scope, *, sure: bool) -> str:
    """What is known of a variable behind an assignment; empty where nothing is.

        ARGS="--model $MODEL --tensor-parallel-size 4"
        if [ -n "$LORA" ]; then ARGS="$ARGS --enable-lora"; fi
        vllm serve $ARGS

    Whatever becomes of the condition, and whatever the model is called, four GPUs are asked for.
    `name` ends with `+` where the text is put behind what it held. Where the assignment may not
    have been reached (not `sure`), what it adds is not known, and what it replaces neither.
    """
    adds, name = name.endswith("+"), name.removesuffix("+")
    text = _filled(raw, scope) if sure else _around(name, raw, scope, adds=adds)
    if adds:
        held = scope.partly(name)
        before = held.value if isinstance(held, Known) else ""
        # Of a variable that was declared as a number this is a sum.
        text = f"{before}{text}" if text and not before.isdigit() else ""
    return text if len(text) <= LONGEST_FILLED and text.strip(f"{_MARKS} ") else ""


def _filled(raw: str, scope: Scope) -> str:
    value = word_value(raw, scope.partly)
    return value.value if isinstance(value, Known) else ""


def _around(name: str, raw: str, scope: Scope, *, adds: bool) -> str:
    """What a variable held, and that there may be more before or behind it."""

    def lookup(one: str) -> Fact[str]:
        return Known(_ITSELF) if one == name else scope.partly(one)

    value = word_value(raw, lookup)
    text = value.value if isinstance(value, Known) else ""
    fact = scope.partly(name)
    held = fact.value if isinstance(fact, Known) else ""
    if adds:
        return _more(text, held[::-1]) if _ITSELF not in text else ""
    before, itself, behind = text.partition(_ITSELF)
    if not itself or _ITSELF in behind or not isinstance(fact, Known):
        return ""
    return f"{_more(before[::-1], held)[::-1]}{held}{_more(behind, held[::-1])}"


def _more(text: str, beside: str) -> str:
    """That there may be a text behind another one, perhaps as a word of its own.

    `beside` begins where both meet. If nothing or a blank is there, what stands around both may
    go on with the text.
    """
    apart = text[:1].isspace() and not beside[:1].isspace() and beside
    return (PERHAPS_APART if apart else UNTOLD) if text else ""


def partial_fields(raw: str, scope: Scope) -> tuple[Fact[str], ...]:
    """The fields that a word becomes, those of which a part is unknown each as unknown."""
    quoted = '"' in raw

    def lookup(name: str) -> Fact[str]:
        fact = scope.partly(name)
        if quoted and isinstance(fact, Known):
            return Known(fact.value.replace(PERHAPS_APART, UNTOLD))
        return fact

    return tuple(each for field in word_fields(raw, lookup) for each in _told(field))


def _told(field: Fact[str]) -> Iterator[Fact[str]]:
    text = field.value if isinstance(field, Known) else UNTOLD
    bare = text.strip(PERHAPS_APART)
    if UNTOLD in bare or PERHAPS_APART in bare or (text and not bare):
        yield UNKNOWN
        return
    if text.startswith(PERHAPS_APART):
        yield UNKNOWN
    yield Known(bare)
    if text.endswith(PERHAPS_APART):
        yield UNKNOWN


class Scoping(NamedTuple):
    """Enter a subshell, or leave it: what is assigned within is not seen behind."""

    enter: bool


class LoopEnd(NamedTuple):
    """Behind a loop, of whose variable nothing is known any more."""

    variable: str


ENTER = Scoping(enter=True)
LEAVE = Scoping(enter=False)
