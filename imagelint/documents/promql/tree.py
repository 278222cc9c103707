"""Expressions of PromQL as trees of immutable nodes, each with its place in the expression."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.fact import ABSENT, Fact
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Place(NamedTuple):
    """A part of an expression, by the offsets of its first character and of the one behind it."""

    start: int
    end: int


class Matcher(NamedTuple):
    """What a label of a series must be; `operator` is `=`, `!=`, `=~` or `!~`.

    `value` is without its quotes. It is None where a variable of a dashboard takes part.
    """

    place: Place
    label: str
    operator: str
    value: str | None


class Selector(NamedTuple):
    """The series of a metric, or the samples of each in a time.

    `metric` is empty where it is not told, or a variable; `name` is where it stands. `window` is
    that time in seconds, absent where none is written.
    """

    place: Place
    metric: str
    name: Place
    matchers: tuple[Matcher, ...]
    window: Fact[float] = ABSENT

    def label(self, name: str) -> Matcher | None:
        """The last matcher of a label."""
        found = [one for one in self.matchers if one.label == name]
        return found[-1] if found else None


class Call(NamedTuple):
    """A function of some arguments; `name` is where its name stands."""

    place: Place
    function: str
    name: Place
    arguments: tuple[Expression, ...]


class Grouping(NamedTuple):
    """Which labels an aggregation keeps (`by`), or does not (`without`); a variable is empty."""

    place: Place
    keeps: bool
    labels: tuple[str, ...]


class Aggregation(NamedTuple):
    """`sum`, `topk` and so on; `parameter` is the first argument of those that have two."""

    place: Place
    operator: str
    name: Place
    operand: Expression
    parameter: Expression | None = None
    grouping: Grouping | None = None


class Binary(NamedTuple):
    """Two operands; `sign` is where the operator stands, `returns_bool` whether it is a `bool`."""

    place: Place
    operator: str
    sign: Place
    left: Expression
    right: Expression
    returns_bool: bool = False


class Negation(NamedTuple):
    """A minus before an expression that is no number."""

    place: Place
    operand: Expression


class Group(NamedTuple):
    """An expression in parentheses."""

    place: Place
    operand: Expression


class Subquery(NamedTuple):
    """The values of an expression in the last seconds of a window."""

    place: Place
    operand: Expression
    window: Fact[float]


class Number(NamedTuple):
    """A number, with its sign. `known` is false where a variable stands there."""

    place: Place
    value: float
    known: bool = True


class Text(NamedTuple):
    """A string."""

    place: Place
    value: str


Expression: TypeAlias = (
    Selector | Call | Aggregation | Binary | Negation | Group | Subquery | Number | Text
)


def parts(node: Expression) -> tuple[Expression, ...]:
    """The expressions of which one is made, in the order in which they are written."""
    match node:
        case Call():
            return node.arguments
        case Aggregation():
            return (node.operand,) if node.parameter is None else (node.parameter, node.operand)
        case Binary():
            return (node.left, node.right)
        case Negation() | Group() | Subquery():
            return (node.operand,)
        case _:
            return ()


def nested(node: Expression) -> Iterator[tuple[Expression, tuple[Expression, ...]]]:
    """An expression and all within it, each with those around it, the nearest one last."""
    pending: list[tuple[Expression, tuple[Expression, ...]]] = [(node, ())]
    while pending:
        one, around = pending.pop()
        yield one, around
        pending += [(part, (*around, one)) for part in reversed(parts(one))]


def inner(node: Expression) -> Expression:
    """An expression without the parentheses around it."""
    while isinstance(node, Group):
        node = node.operand
    return node
