"""What is known about a script's variables at one point of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.shell.script import Exports

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


ALL_WORDS = pattern(r"(?:\"\$\{(\w+)\[@\]\}\"|\$\{(\w+)\[[@*]\]\})")
"""What stands for all words of an array."""
ARRAY = pattern(r"(?P<name>[A-Za-z_]\w*)(?P<more>\+)?=\((?P<words>.*)\)", re.DOTALL)
"""How a script sets an array, or adds to it."""
_ELEMENT = pattern(
    r"(?P<comment>(?<![^\s])#[^\n]*)|(?P<gap>\s+|\\\r?\n)"
    r"|(?P<word>(?:\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\"|\$\([^()\"']*\)|\$\{[^{}\"']*\}"
    r"|[^\s'\"\\()])+)",
    re.DOTALL,
)
MOST_WORDS = 1_000
"""Words of one array: one that is put into another again and again doubles each time."""


class Array(NamedTuple):
    """The words under a name; `complete` is false where there may be more."""

    words: tuple[Word, ...]
    complete: bool = True

    def plus(self, other: Array) -> Array:
        """The same with the words of another behind."""
        return Array((*self.words, *other.words), self.complete and other.complete)


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
        "_open",
        "_own",
        "_public",
        "_room",
        "exported",
        "exports_all",
    )

    def __init__(self, before: Mapping[str, Fact[str]], *, frozen: bool = False) -> None:
        self._before = before
        self._own: dict[str, Fact[str]] = {}
        self._arrays: dict[str, Array] = {}
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

    def array(self, name: str) -> Array | None:
        """The words of an array; None where nothing is known of them."""
        return self._arrays.get(name)

    def assign_array(self, name: str, array: Array) -> None:
        """The script sets an array."""
        if not self._frozen:
            self._arrays[name] = array._replace(complete=array.complete and name not in self._open)

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
