"""Makefiles: their recipes as shell text, with the variables that they set filled in.

https://www.gnu.org/software/make/manual/make.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import DocumentError
from imagelint.documents.mapped import MappedText
from imagelint.documents.runlines.fragments import Fragment
from imagelint.documents.runlines.signing import SIGNING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SETTING = pattern(
    r"(?:(?:export|override|private)[ \t]+)*([A-Za-z_][\w.-]*)[ \t]*(\+|\?|:{1,3}|!)?=[ \t]*(.*)"
)
# https://www.gnu.org/software/make/manual/html_node/Rule-Syntax.html: a recipe on the same line.
_BEHIND_TARGETS = pattern(r"[^\s#=:;][^#=:;\n]*+::?(?![=:])[^#=:;\n]*+;")
_PREFIX = pattern(r"^\.RECIPEPREFIX[ \t]*:?=[ \t]*(\S)", re.MULTILINE)
_REFERENCE = pattern(r"\$(?:\$|\(([^()$]*)\)|\{([^{}$]*)\}|([A-Za-z@<^*%?+]))")
_PLAIN = pattern(r"[A-Za-z_][\w.-]*")
_CONDITIONAL = pattern(r"(?:ifn?eq|ifn?def|else|endif)\b")
_RULE = pattern(r"([^\s#=:;][^#=:;\n]*+)::?(?![=:])([^#=;\n]*+)")
# What is the folder in which make runs, where nothing sets it.
_HERE = frozenset(("CURDIR", "PWD", "shell pwd", "abspath .", "realpath ."))
_NO_WORD = pattern(r"\W+")
_CONCERNED = ("$", "run", "create", "build", "bud", "apiVersion", SIGNING)
_UNKNOWN = "${_}"
_DEEPEST = 10
_LONGEST = 8_192
"""Characters of a value with all that it refers to: `A = $(B)$(B)` doubles with every line."""
LONGEST_RECIPE = 100_000


def fragments(text: str) -> Iterator[Fragment | DocumentError]:
    """The recipes, each line with its continuations: a shell of its own runs it.

    One that is too long, or becomes so by its variables, is an error in its place.
    """
    variables = _Variables(_settings(text))
    for start, recipe in _recipes(text):
        if any(word in recipe for word in _CONCERNED):
            short = len(recipe) <= LONGEST_RECIPE
            mapped = _filled(start, recipe, variables) if short else None
            if mapped is not None:
                yield Fragment(mapped, "sh", {"PWD": Known(".")})
            else:
                message = f"a recipe of more than {LONGEST_RECIPE:,} characters is not examined"
                yield DocumentError(ProblemKind.TOO_LARGE, message, Span(start, start + 1))


class _Rule(NamedTuple):
    """What targets need, and their recipe: each line with where it begins."""

    needs: list[str]
    recipe: list[tuple[int, str]]


def target_recipes(text: str, targets: Sequence[str]) -> Iterator[MappedText]:
    """The recipes of some targets and before them of what these need; of the first one for none."""
    rules = _rules(text)
    variables = _Variables(_settings(text))
    for rule in _in_order(rules, targets or [*rules][:1]):
        for start, recipe in rule.recipe:
            mapped = _filled(start, recipe, variables) if len(recipe) <= LONGEST_RECIPE else None
            if mapped is not None:
                yield mapped


def _rules(text: str) -> dict[str, list[_Rule]]:
    """The rules of each target; one that is of several targets is the same for all of them."""
    found: dict[str, list[_Rule]] = {}
    mark = _mark(text)
    current: _Rule | None = None
    for start, line in _lines(text):
        match = None if line.startswith(mark) else _RULE.match(line)
        if match is not None:
            names = [one for one in match[1].split() if not one.startswith(".")]
            rule = _Rule(match[2].replace("|", " ").split(), [])
            for name in names:
                found.setdefault(name, []).append(rule)
            current = rule if names else None
        recipe = _recipe(line, mark)
        if recipe and current is not None:
            current.recipe.append((start + len(line) - len(recipe), recipe))
    return found


def _in_order(rules: Mapping[str, list[_Rule]], targets: Sequence[str]) -> Iterator[_Rule]:
    """The rules of the targets that are made, each once, behind those of what they need."""
    pending = list(reversed(targets))
    seen: set[str] = set()
    opened: set[int] = set()
    made: set[int] = set()
    while pending:
        name = pending.pop()
        for rule in rules.get(name, ()) if name in seen else ():
            if id(rule) not in made:
                made.add(id(rule))
                yield rule
        if name in seen:
            continue
        seen.add(name)
        pending.append(name)
        for rule in rules.get(name, ()):
            if id(rule) not in opened:
                opened.add(id(rule))
                pending += (one for one in reversed(rule.needs) if one not in seen)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with those by which they are continued, and where each begins."""
    at = 0
    while at < len(text):
        end = at
        while True:
            end = text.find("\n", end)
            end = len(text) if end < 0 else end
            if end == len(text) or text[end - 1] != "\\":
                break
            end += 1
        yield at, text[at:end]
        at = end + 1


def _recipes(text: str) -> Iterator[tuple[int, str]]:
    mark = _mark(text)
    for start, line in _lines(text):
        bare = _recipe(line, mark)
        if bare:
            yield start + len(line) - len(bare), bare


def _recipe(line: str, mark: str) -> str:
    """What of a line the shell runs."""
    if line.startswith(mark):
        recipe = line[1:]
    else:
        behind = _BEHIND_TARGETS.match(line)
        recipe = line[behind.end() :] if behind is not None else ""
    return recipe.lstrip("\t @+-")


def _mark(text: str) -> str:
    """What a line of a recipe begins with: make lets a file choose another than a tab."""
    chosen = _PREFIX.search(text)
    return chosen[1] if chosen is not None else "\t"


def _settings(text: str) -> dict[str, str | None]:
    """The variables by name; None for what is set more than once, or by a program."""
    found: dict[str, str | None] = {}
    depth = 0
    mark = _mark(text)
    for _, line in _lines(text):
        if line.startswith(mark):
            continue
        bare = line.strip()
        if _CONDITIONAL.match(bare):
            depth += bare.startswith("if") - bare.startswith("endif")
        elif match := _SETTING.fullmatch(bare.replace("\\\n", " ")):
            name, operator, value = match[1], match[2], match[3]
            if operator == "?" and name in found:
                continue
            known = depth == 0 and name not in found and operator != "!"
            found[name] = value.partition(" #")[0].rstrip() if known else None
    return found


class _Variables:
    """What variables come to, each told once."""

    def __init__(self, settings: Mapping[str, str | None]) -> None:
        self._settings = settings
        self._known: dict[str, str] = {}

    def reference(self, match: re.Match[str], depth: int = 0) -> str:
        """What stands for a reference: an unknown variable of the shell where nobody knows."""
        if match[0] == "$$":
            return "$"
        name = match[1] or match[2] or match[3]
        if name and name.strip() in _HERE and name not in self._settings:
            return "."
        if not name or not _PLAIN.fullmatch(name):
            return _UNKNOWN
        value = self._value(name, depth)
        # Its name may tell what it is; the shell has no variable of that name.
        return f"${{_{_NO_WORD.sub('_', name)}}}" if value == _UNKNOWN else value

    def _value(self, name: str, depth: int) -> str:
        if name not in self._known:
            value = self._settings.get(name)
            self._known[name] = _UNKNOWN  # for what refers to itself
            if value is not None and depth < _DEEPEST and len(value) <= _LONGEST:
                self._known[name] = self._filled(value, depth + 1)
        return self._known[name]

    def _filled(self, value: str, depth: int) -> str:
        pieces: list[str] = []
        room, at = _LONGEST, 0
        for match in _REFERENCE.finditer(value):
            pieces += (value[at : match.start()], self.reference(match, depth))
            room -= len(pieces[-1])
            at = match.end()
            if room < 0:
                return _UNKNOWN
        return "".join((*pieces, value[at:]))


def _filled(start: int, recipe: str, variables: _Variables) -> MappedText | None:
    """A recipe as the shell gets it; None where it is too long."""
    pieces: list[tuple[int, int, str]] = []
    room = LONGEST_RECIPE
    for match in _REFERENCE.finditer(recipe):
        pieces.append((*match.span(), variables.reference(match)))
        room -= len(pieces[-1][2])
        if room < 0:
            return None
    return MappedText.verbatim(recipe, start).replaced(pieces)
