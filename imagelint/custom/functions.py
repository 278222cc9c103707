"""The functions and operators of conditions. None of them is given anything unknown."""

from __future__ import annotations

import operator
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from imagelint.core.fact import UNKNOWN
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.custom.operators import (
    LEAST,
    add,
    arithmetic,
    bounded,
    compare,
    contains,
    divide,
    equal,
    members,
    negative,
    remainder,
    size,
)
from imagelint.custom.values import (
    LONGEST_TEXT,
    EvaluationError,
    ExhaustedError,
    Value,
    kind_of,
)
from imagelint.documents.quantity import MOST, parse_duration, parse_quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.custom.values import Fuel

    Function: TypeAlias = Callable[..., Value]

LONGEST_PATTERN = 1_000
"""Code points of a regular expression."""
_LONGEST_NUMBER = 100
_ASCII = pattern(r"[\t\n\x0b\f\r !-^`-~]*").fullmatch
_REPEATED = pattern(r"([1-9][0-9]{0,5}),?\}")


class Extension(NamedTuple):
    """A function that CEL does not have by itself.

    `parameters` and `result` are types of CEL; the first parameter of a method is its receiver.
    """

    name: str
    parameters: tuple[str, ...]
    result: str
    doc: str
    is_method: bool = False


EXTENSIONS = (
    Extension(
        "quantity",
        ("string",),
        "double",
        'A quantity of Kubernetes as a number: `quantity("8Gi")`, in bytes; `quantity("500m")`.',
    ),
    Extension("seconds", ("string",), "double", 'A duration of Go or Compose: `seconds("1m30s")`.'),
    Extension("lowerAscii", ("string",), "string", "The text in lower case.", is_method=True),
    Extension("upperAscii", ("string",), "string", "The text in upper case.", is_method=True),
    Extension("trim", ("string",), "string", "The text without blanks around it.", is_method=True),
    Extension(
        "split",
        ("string", "string"),
        "list(string)",
        'The parts of a text: `"a/b".split("/")`.',
        is_method=True,
    ),
    Extension(
        "join",
        ("list(string)", "string"),
        "string",
        'The texts of a list with a text between them: `names.join(", ")`.',
        is_method=True,
    ),
    Extension(
        "replace",
        ("string", "string", "string"),
        "string",
        "The text with each occurrence of a text replaced.",
        is_method=True,
    ),
)
"""What conditions can call besides the functions of CEL itself."""


def _joined(parts: Value, between: Value, fuel: Fuel) -> Value:
    items, complete = members(parts, fuel)
    found = [item.value for item in items]
    if not complete or UNKNOWN in found:
        return UNKNOWN
    words = [_text(each) for each in found]
    length = sum(map(len, words)) + len(_text(between)) * len(words)
    if length > LONGEST_TEXT:
        raise ExhaustedError(f"it makes a text of more than {LONGEST_TEXT:,} characters")
    return bounded(_text(between).join(words), fuel)


def _replaced(text: Value, old: Value, new: Value, fuel: Fuel) -> Value:
    before, sought, after = _text(text), _text(old), _text(new)
    length = len(before) + before.count(sought) * max(0, len(after) - len(sought))
    if length > LONGEST_TEXT:
        raise ExhaustedError(f"it makes a text of more than {LONGEST_TEXT:,} characters")
    return bounded(before.replace(sought, after), fuel)


def _split(text: Value, separator: Value, fuel: Fuel) -> Value:
    said, between = _text(text), _text(separator)
    fuel.burn(1 + (len(said) >> 3))
    return tuple(said.split(between) if between else said)


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise EvaluationError(f"{kind_of(value)} is no text")
    return value


def _as_text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}" if value.is_integer() else repr(value)
    if isinstance(value, str | int):
        return str(value)
    raise EvaluationError(f"{kind_of(value)} is no text")


def _number(value: Value, kind: type[int | float]) -> Value:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise EvaluationError(f"{kind_of(value)} is no number")
    # Python reads more as numbers than CEL does: other digits, `1_000`.
    wrong = isinstance(value, str) and (len(value) > _LONGEST_NUMBER or not _ASCII(value))
    try:
        made = kind("" if wrong else value)
    except (ValueError, OverflowError):
        raise EvaluationError(f"`{str(value)[:_LONGEST_NUMBER]}` is no number") from None
    if isinstance(made, int) and not LEAST <= made <= MOST:
        raise EvaluationError("a number that is too large")
    return made


def _read(parse: Callable[[str], float | None], what: str, value: Value) -> Value:
    # A quantity that is a whole number is often written without quotes.
    found = parse(_as_text(value))
    if found is None:
        raise EvaluationError(f"`{_as_text(value)[:100]}` is no {what}")
    return found


def _truth(value: Value) -> Value:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise EvaluationError(f"{kind_of(value)} is no truth value")


def table(matches: Callable[[str, str], bool]) -> dict[str, Function]:
    """The functions by their names in CEL, each of what it may spend and its arguments.

    `matches` tells whether a regular expression is found in a text. It takes time that is linear in
    the text, and in what the repetitions of the expression come to.
    """

    def found(fuel: Fuel, text: Value, expression: Value) -> Value:
        said, sought = _text(text), _text(expression)
        repeated = prod(map(int, _REPEATED.findall(sought[:LONGEST_PATTERN])))
        fuel.burn((10 + len(said) + len(sought)) * (1 + repeated // 16))
        if len(sought) > LONGEST_PATTERN:
            raise ExhaustedError(f"a regular expression of over {LONGEST_PATTERN:,} characters")
        return matches(said, sought)

    def of_texts(holds: Callable[[str, str], bool]) -> Function:
        def ask(fuel: Fuel, text: Value, other: Value) -> Value:
            fuel.burn(1 + (len(_text(text)) >> 6))
            return holds(_text(text), _text(other))

        return ask

    order: dict[str, Callable[[Any, Any], bool]] = {
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
    numbers = {"-": operator.sub, "*": operator.mul, "/": divide, "%": remainder}
    return {
        "_+_": lambda fuel, left, right: add(left, right, fuel),
        **{f"_{sign}_": _arithmetic(compute) for sign, compute in numbers.items()},
        **{f"_{sign}_": _order(holds) for sign, holds in order.items()},
        "-_": lambda _fuel, value: negative(value),
        "_==_": lambda fuel, left, right: equal(left, right, fuel),
        "_!=_": lambda fuel, left, right: _not(equal(left, right, fuel)),
        "@in": lambda fuel, needle, haystack: contains(needle, haystack, fuel),
        "size": lambda fuel, value: size(value, fuel),
        "matches": found,
        "startsWith": of_texts(str.startswith),
        "endsWith": of_texts(str.endswith),
        "contains": of_texts(lambda text, part: part in text),
        "string": lambda _fuel, value: _as_text(value),
        "int": lambda _fuel, value: _number(value, int),
        "double": lambda _fuel, value: _number(value, float),
        "bool": lambda _fuel, value: _truth(value),
        "quantity": lambda _fuel, value: _read(parse_quantity, "quantity", value),
        "seconds": lambda _fuel, value: _read(parse_duration, "duration", value),
        "lowerAscii": lambda fuel, text: bounded(_text(text), fuel).lower(),
        "upperAscii": lambda fuel, text: bounded(_text(text), fuel).upper(),
        "trim": lambda fuel, text: bounded(_text(text), fuel).strip(),
        "split": lambda fuel, text, between: _split(text, between, fuel),
        "join": lambda fuel, parts, between: _joined(parts, between, fuel),
        "replace": lambda fuel, text, old, new: _replaced(text, old, new, fuel),
    }


def _arithmetic(compute: Callable[[float, float], float]) -> Function:
    return lambda _fuel, left, right: arithmetic(compute, left, right)


def _order(holds: Callable[[object, object], bool]) -> Function:
    return lambda fuel, left, right: compare(holds, left, right, fuel)


def _not(value: Value) -> Value:
    return value if value is UNKNOWN else not value
