"""An expression in CEL as a tree.

It is read from what the parser serializes: `cel.expr.CheckedExpr`, whose fields are those of
https://github.com/google/cel-spec/blob/master/proto/cel/expr/syntax.proto and `checked.proto`.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, TypeAlias, Union, cast

from imagelint.core.record import NamedTuple
from imagelint.custom.wire import read_message, signed

if TYPE_CHECKING:
    from imagelint.custom.wire import Message

Scalar: TypeAlias = bool | int | float | str | None


class Constant(NamedTuple):
    """A literal."""

    at: int
    value: Scalar


class Name(NamedTuple):
    """A variable."""

    at: int
    name: str


class Select(NamedTuple):
    """A field of something; with `test`, whether it is there (`has`)."""

    at: int
    operand: Expression
    field: str
    test: bool


class Call(NamedTuple):
    """A function or an operator (`_&&_`); the receiver of a method is the first argument."""

    at: int
    function: str
    arguments: tuple[Expression, ...]


class ListOf(NamedTuple):
    """A list that is written out."""

    at: int
    items: tuple[Expression, ...]


class MapOf(NamedTuple):
    """A map that is written out."""

    at: int
    entries: tuple[tuple[Expression, Expression], ...]


class Fold(NamedTuple):
    """What the macros over lists and maps are: a loop with an accumulator."""

    at: int
    variable: str
    over: Expression
    accumulator: str
    start: Expression
    condition: Expression
    step: Expression
    result: Expression


Expression: TypeAlias = Union[Constant, Name, Select, Call, ListOf, MapOf, Fold]  # noqa: UP007 - it is recursive

# The fields of `Expr` and of the messages in it.
_ID, _CONST, _IDENT, _SELECT, _CALL, _LIST, _STRUCT, _FOLD = range(2, 10)
_NULL, _BOOL, _INT, _UINT, _DOUBLE, _STRING = range(1, 7)
_ANY_VALUE, _CHECKED_EXPR, _SOURCE_INFO, _POSITIONS = 2, 4, 5, 4


class UnsupportedError(Exception):
    """Something that CEL has and rules have not; `at` is where it stands in the text."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


def read_expression(serialized: bytes) -> Expression:
    """The tree of a serialized expression. `at` of its nodes are offsets in its text.

    Raises:
        UnsupportedError: it has parts that rules cannot have: messages, bytes, durations.
        ValueError: it is no expression.
    """
    checked = read_message(_bytes(read_message(serialized), _ANY_VALUE))
    info = read_message(_bytes(checked, _SOURCE_INFO))
    entries = [read_message(cast("bytes", entry)) for entry in info.get(_POSITIONS, ())]
    positions = {_int(entry, 1): _int(entry, 2) for entry in entries}
    return _Reader(positions).read(_bytes(checked, _CHECKED_EXPR))


class _Reader:
    def __init__(self, positions: dict[int, int]) -> None:
        self._positions = positions

    def read(self, data: bytes) -> Expression:
        message = read_message(data)
        at = self._positions.get(_int(message, _ID), 0)
        if _CONST in message:
            return _constant(read_message(_bytes(message, _CONST)), at)
        if _IDENT in message:
            return Name(at, _text(read_message(_bytes(message, _IDENT)), 1))
        if _SELECT in message:
            inner = read_message(_bytes(message, _SELECT))
            operand = self.read(_bytes(inner, 1))
            return Select(at, operand, _text(inner, 2), bool(_int(inner, 3)))
        if _CALL in message:
            return self._call(read_message(_bytes(message, _CALL)), at)
        if _LIST in message:
            return ListOf(at, self._all(read_message(_bytes(message, _LIST)), 1))
        if _FOLD in message:
            return self._fold(read_message(_bytes(message, _FOLD)), at)
        return self._struct(read_message(_bytes(message, _STRUCT)), at)

    def _call(self, inner: Message, at: int) -> Call:
        function = _text(inner, 2)
        return Call(at, function, (*self._all(inner, 1), *self._all(inner, 3)))

    def _fold(self, inner: Message, at: int) -> Fold:
        def part(field: int) -> Expression:
            return self.read(_bytes(inner, field))

        return Fold(
            at,
            variable=_text(inner, 1),
            over=part(2),
            accumulator=_text(inner, 3),
            start=part(4),
            condition=part(5),
            step=part(6),
            result=part(7),
        )

    def _struct(self, inner: Message, at: int) -> MapOf:
        if _text(inner, 1):
            raise UnsupportedError(f"there is no message `{_text(inner, 1)}`", at)
        entries = (read_message(cast("bytes", entry)) for entry in inner.get(2, ()))
        pairs = ((self.read(_bytes(one, 3)), self.read(_bytes(one, 4))) for one in entries)
        return MapOf(at, tuple(pairs))

    def _all(self, inner: Message, field: int) -> tuple[Expression, ...]:
        return tuple(self.read(cast("bytes", item)) for item in inner.get(field, ()))


def _constant(inner: Message, at: int) -> Constant:
    ((field, values),) = inner.items() or ((0, [0]),)
    value = values[-1]
    match field:
        case 1:
            return Constant(at, None)
        case 2:
            return Constant(at, bool(value))
        case 3 | 4:
            return Constant(at, signed(cast("int", value)) if field == _INT else cast("int", value))
        case 5:
            return Constant(at, struct.unpack("<d", cast("bytes", value))[0])
        case 6:
            return Constant(at, cast("bytes", value).decode("utf-8"))
        case _:
            raise UnsupportedError("rules have no bytes, durations and times", at)


def _bytes(message: Message, field: int) -> bytes:
    value = message.get(field, [b""])[-1]
    return value if isinstance(value, bytes) else b""


def _int(message: Message, field: int) -> int:
    value = message.get(field, [0])[-1]
    return value if isinstance(value, int) else 0


def _text(message: Message, field: int) -> str:
    return _bytes(message, field).decode("utf-8")
