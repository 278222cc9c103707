"""What compose makes of `$NAME` and `${NAME…}`: texts with what is known filled in.

A variable is known by its value in the `.env` file beside, or by the default that is written with
it; whoever runs `docker compose up` without further ado gets that. What is not known stays as it
is written. `$$`, which stands for a dollar, stays too: the words of a command are split first.

https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.reference import UNKNOWN_PART
from imagelint.documents.mapped import MappedText
from imagelint.documents.yaml.cursor import Cursor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from imagelint.documents.yaml.nodes import YamlNode

Variables: TypeAlias = "Mapping[str, str | None]"
"""What `.env` sets; None stands for a value that is set and not known."""

NO_VARIABLES: Variables = {}
_NAME = pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = pattern(r"(?::?[-+?])?")
_DEEPEST = 20
# `{{ … }}` is filled in by whoever renders the file, or by swarm.
_TEMPLATE = "{{"
_BRACES = pattern(r"\{\{[^{}]*\}\}")


class ComposeRoot(Cursor):
    """The root of a compose file, which knows the variables that its values are filled with."""

    __slots__ = ("variables",)

    def __init__(self, node: YamlNode, variables: Variables) -> None:
        super().__init__(node)
        self.variables = variables


def variables_of(place: Cursor) -> Variables:
    """The variables that a value at a place is filled with."""
    root = place
    while root.parent is not None:
        root = root.parent
    return root.variables if isinstance(root, ComposeRoot) else NO_VARIABLES


class Expression(NamedTuple):
    """`$NAME` or `${NAME…}` in a text: from `start` to `end`; `word` is behind the operator."""

    start: int
    end: int
    name: str
    operator: str = ""
    word: str = ""


def expressions(text: str) -> Iterator[Expression]:
    """The variables of a text from left to right; those inside of another one are not told."""
    closings: dict[int, int] | None = None
    at = text.find("$")
    while at >= 0:
        found, skipped = None, 1
        if text.startswith("$", at + 1):
            skipped = 2
        elif text.startswith("{", at + 1):
            closings = _closings(text) if closings is None else closings
            found = _braced(text, at, closings.get(at + 1))
        elif match := _NAME.match(text, at + 1):
            found = Expression(at, match.end(), match[0])
        if found is not None:
            yield found
        at = text.find("$", found.end if found else at + skipped)


def stray_dollar(text: str) -> int | None:
    """Where the first `${` stands that begins no variable: compose refuses it.

    Before anything else a dollar is one (compose-spec/compose-go:template/template.go).
    """
    at = text.find("$")
    known = {one.start: one for one in expressions(text)} if at >= 0 else {}
    while at >= 0:
        found = known.get(at)
        if found is not None and not found.name:
            return at
        escaped = 2 if text.startswith("$", at + 1) else 1
        at = text.find("$", found.end if found else at + escaped)
    return None


def _braced(text: str, start: int, closing: int | None) -> Expression | None:
    if closing is None:
        return Expression(start, len(text), "")
    name = _NAME.match(text, start + 2)
    if name is None:
        return Expression(start, closing + 1, "")
    operator = _OPERATOR.match(text, name.end())
    rest = operator.end() if operator else name.end()
    written = operator[0] if operator else ""
    if not written and rest != closing:
        return Expression(start, closing + 1, "")  # compose refuses it
    return Expression(start, closing + 1, name[0], written, text[rest:closing])


def _closings(text: str) -> dict[int, int]:
    """Where each brace that is opened is closed."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for at, character in enumerate(text):
        if character == "{":
            opened.append(at)
        elif character == "}" and opened:
            found[opened.pop()] = at
    return found


def outcome(expression: Expression, variables: Variables, depth: int = 0) -> str | None:
    """What an expression comes to, with `$$` for each dollar; None where that is not known."""
    name, operator = expression.name, expression.operator
    value = variables.get(name)
    if name in variables and value is None:
        return None
    there = bool(value) or (value is not None and not operator.startswith(":"))
    if operator.endswith("+"):
        if there:
            return _resolved(expression.word, variables, depth)
        return "" if value is not None else None
    if there and value is not None:
        return value.replace("$", "$$")
    return _resolved(expression.word, variables, depth) if operator.endswith("-") else None


def _resolved(text: str, variables: Variables, depth: int) -> str | None:
    if "$" not in text:
        return text
    if depth > _DEEPEST:
        return None
    parts: list[str] = []
    at = 0
    for expression in expressions(text):
        value = outcome(expression, variables, depth + 1)
        if value is None:
            return None
        parts += (text[at : expression.start], value)
        at = expression.end
    return "".join((*parts, text[at:]))


def filled(text: str, variables: Variables) -> str:
    """The text with all values that are known."""
    if "$" not in text:
        return text
    parts: list[str] = []
    at = 0
    for expression in expressions(text):
        value = outcome(expression, variables)
        if value is not None:
            parts += (text[at : expression.start], value)
            at = expression.end
    return "".join((*parts, text[at:]))


def fill(mapped: MappedText, variables: Variables) -> MappedText:
    """The same of a text that knows its places: a value stands where its variable does."""
    found = [
        (expression, value)
        for expression in (expressions(mapped.text) if "$" in mapped.text else ())
        if (value := outcome(expression, variables)) is not None
    ]
    if not found:
        return mapped
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for expression, value in (*found, (Expression(len(mapped.text), 0, ""), "")):
        text += (mapped.text[at : expression.start], value)
        for index in range(at, expression.start):
            place = mapped.place(index, index + 1)
            starts.append(place.start)
            ends.append(place.end)
        if value:
            place = mapped.place(expression.start, expression.end)
            starts += [place.start] * len(value)
            ends += [place.end] * len(value)
        at = expression.end
    if not mapped.starts:
        return MappedText("".join(text), mapped.span, ())
    return MappedText("".join(text), mapped.span, tuple(starts), tuple(ends))


def interpolated(text: str, variables: Variables = NO_VARIABLES) -> Fact[str]:
    """The text as compose reads it; unknown when a variable without a value takes part."""
    if "$" not in text and _TEMPLATE not in text:
        return Known(text)
    text = filled(text, variables)
    if _TEMPLATE in text or next(expressions(text), None) is not None:
        return UNKNOWN
    return Known(text.replace("$$", "$"))


def with_gaps(text: str, variables: Variables) -> str:
    """The text as compose reads it, with `UNKNOWN_PART` for what is not known."""
    if "$" not in text and _TEMPLATE not in text:
        return text
    text = filled(text, variables)
    if _TEMPLATE in text:
        text = _BRACES.sub(UNKNOWN_PART, text)
        if _TEMPLATE in text:
            return UNKNOWN_PART
    parts: list[str] = []
    at = 0
    for expression in expressions(text):
        parts += (text[at : expression.start].replace("$$", "$"), UNKNOWN_PART)
        at = expression.end
    return "".join((*parts, text[at:].replace("$$", "$")))
