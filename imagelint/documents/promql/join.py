"""The tree of Prometheus' grammar joined with the words of the text, in order.

`promql-parser` tells what an expression is made of, but not where that stands. Both follow the
text from left to right, so that each node takes the words that are its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.documents.promql.tree import (
    Aggregation,
    Binary,
    Call,
    Expression,
    Group,
    Grouping,
    Matcher,
    Negation,
    Number,
    Place,
    Selector,
    Subquery,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta

    import promql_parser as promql

    from imagelint.documents.promql.tokens import Token
    from imagelint.documents.promql.variables import Filled

_MODIFIERS = ("by", "without")
_MATCHING = ("on", "ignoring")
_SIDES = ("group_left", "group_right")
_FILLS = ("fill", "fill_left", "fill_right")


class MismatchError(Exception):
    """The words are not those of the tree."""


class Join:
    """Makes positioned nodes of a tree, and moves along the words."""

    __slots__ = ("_at", "_filled", "_tokens")

    def __init__(self, tokens: Sequence[Token], filled: Filled) -> None:
        self._tokens = tokens
        self._filled = filled
        self._at = 0

    def whole(self, tree: promql.Expr) -> Expression:
        """The tree that all the words are.

        Raises:
            MismatchError: there are others.
        """
        made = self._expression(tree)
        if self._at != len(self._tokens):
            raise MismatchError
        return made

    def _expression(self, tree: promql.Expr) -> Expression:
        kind = type(tree).__name__
        while kind != "NumberLiteral" and self._next("+"):
            self._take()  # a plus before an expression is nothing
        make = _MAKERS.get(kind)
        if make is None:
            raise MismatchError
        return make(self, tree)

    def _take(self, *texts: str) -> Token:
        """The next word, which must be one of these where any are given."""
        if self._at >= len(self._tokens):
            raise MismatchError
        token = self._tokens[self._at]
        if texts and token.text.lower() not in texts:
            raise MismatchError
        self._at += 1
        return token

    def _next(self, *texts: str, ahead: int = 0) -> bool:
        at = self._at + ahead
        return at < len(self._tokens) and self._tokens[at].text.lower() in texts

    @property
    def _start(self) -> int:
        return self._tokens[self._at].start if self._at < len(self._tokens) else 0

    @property
    def _end(self) -> int:
        return self._tokens[self._at - 1].end

    def _group(self, tree: promql.ParenExpr) -> Group:
        start = self._take("(").start
        operand = self._expression(tree.expr)
        self._take(")")
        return Group(Place(start, self._end), operand)

    def _negation(self, tree: promql.UnaryExpr) -> Negation:
        start = self._take("-").start
        operand = self._expression(tree.expr)
        return Negation(Place(start, self._end), operand)

    def _number(self, tree: promql.NumberLiteral) -> Number:
        start = self._start
        while self._next("+", "-"):
            self._take()
        token = self._take()
        known = not self._filled.touches(token.start, token.end)
        return Number(Place(start, self._end), float(tree.val), known)

    def _string(self, tree: promql.StringLiteral) -> Text:
        token = self._take()
        return Text(Place(token.start, token.end), tree.val)

    def _call(self, tree: promql.Call) -> Call:
        token = self._take(tree.func.name.lower())
        self._take("(")
        arguments: list[Expression] = []
        for index, argument in enumerate(tree.args):
            if index:
                self._take(",")
            arguments.append(self._expression(argument))
        self._close()
        name = Place(token.start, token.end)
        return Call(Place(token.start, self._end), token.text, name, tuple(arguments))

    def _close(self) -> None:
        """The end of arguments; a comma may stand before it."""
        if self._next(","):
            self._take()
        self._take(")")

    def _aggregation(self, tree: promql.AggregateExpr) -> Aggregation:
        token = self._take()
        grouping = self._grouping()
        self._take("(")
        parameter = None
        if tree.param is not None:
            parameter = self._expression(tree.param)
            self._take(",")
        operand = self._expression(tree.expr)
        self._close()
        grouping = grouping or self._grouping()
        place, name = Place(token.start, self._end), Place(token.start, token.end)
        return Aggregation(place, token.text.lower(), name, operand, parameter, grouping)

    def _grouping(self) -> Grouping | None:
        if not self._next(*_MODIFIERS):
            return None
        token = self._take()
        words = self._listed()
        touches = self._filled.touches
        labels = tuple(
            "" if touches(one.start, one.end) else one.text.strip("\"'`") for one in words
        )
        return Grouping(Place(token.start, self._end), token.text.lower() == "by", labels)

    def _listed(self) -> list[Token]:
        """The words of a list in parentheses."""
        self._take("(")
        found: list[Token] = []
        while not self._next(")"):
            token = self._take()
            found += [token] if token.text != "," else []
        self._take(")")
        return found

    def _binary(self, tree: promql.BinaryExpr) -> Binary:
        left = self._expression(tree.lhs)
        token = self._take()
        returns_bool = self._matching(tree.modifier)
        right = self._expression(tree.rhs)
        place = Place(left.place.start, self._end)
        sign = Place(token.start, token.end)
        return Binary(place, token.text.lower(), sign, left, right, returns_bool)

    def _matching(self, modifier: promql.BinModifier | None) -> bool:
        """How series of both sides find each other, and whether `bool` is among it."""
        if modifier is None:
            return False
        returns_bool = bool(modifier.return_bool)
        if returns_bool:
            self._take("bool")
        if modifier.matching is not None and self._next(*_MATCHING):
            self._take()
            self._listed()
        if self._next(*_SIDES):
            self._take()
            if self._next("("):
                self._listed()
        while self._next(*_FILLS) and self._next("(", ahead=1):
            self._take()
            self._listed()
        return returns_bool

    def _subquery(self, tree: promql.SubqueryExpr) -> Subquery:
        operand = self._expression(tree.expr)
        self._take("[")
        window = self._take()
        self._take(":")
        if not self._next("]"):
            self._take()
        self._take("]")
        self._shifts()
        seconds = self._seconds(window, tree.range)
        return Subquery(Place(operand.place.start, self._end), operand, seconds)

    def _seconds(self, token: Token, window: timedelta | None) -> Fact[float]:
        if window is None or self._filled.touches(token.start, token.end):
            return UNKNOWN
        return Known(window.total_seconds())

    def _selector(self, _tree: promql.VectorSelector) -> Selector:
        made = self._series()
        self._shifts()
        return made._replace(place=Place(made.place.start, self._end))

    def _range_selector(self, tree: promql.MatrixSelector) -> Selector:
        made = self._series()
        self._take("[")
        window = self._take()
        self._take("]")
        self._shifts()
        place = Place(made.place.start, self._end)
        return made._replace(place=place, window=self._seconds(window, tree.range))

    def _series(self) -> Selector:
        start = self._start
        name = Place(start, start)
        metric = ""
        if not self._next("{"):
            token = self._take()
            name, metric = Place(token.start, token.end), token.text
        matchers = tuple(self._matchers()) if self._next("{") else ()
        metric, name = _named(metric, name, matchers)
        if self._filled.touches(*name):
            metric = ""
        kept = tuple(one for one in matchers if one.label)
        return Selector(Place(start, self._end), metric, name, kept)

    def _matchers(self) -> list[Matcher]:
        self._take("{")
        found: list[Matcher] = []
        while not self._next("}"):
            token = self._take()
            if token.text == "," or (token.text.lower() == "or" and not self._next(*_COMPARED)):
                continue
            if not self._next(*_COMPARED):  # a metric in quotes
                place = Place(token.start + 1, token.end - 1)
                found.append(Matcher(place, "", "=", _unquoted(token.text)))
                continue
            operator, value = self._take(), self._take()
            place = Place(token.start, value.end)
            told = None if self._filled.touches(*place) else _unquoted(value.text)
            label = token.text.strip("\"'`")
            found.append(Matcher(place, label, operator.text, told))
        self._take("}")
        return found

    def _shifts(self) -> None:
        """`offset` and `@` behind a selector."""
        while self._next("offset", "@"):
            self._take()
            while self._next("-", "+"):
                self._take()
            token = self._take()
            if token.text.lower() in ("start", "end") and self._next("("):
                self._listed()


_COMPARED = ("=", "!=", "=~", "!~")
_MAKERS = cast(
    "Mapping[str, Callable[[Join, promql.Expr], Expression]]",
    {
        "ParenExpr": Join._group,  # noqa: SLF001 - its own
        "UnaryExpr": Join._negation,  # noqa: SLF001
        "NumberLiteral": Join._number,  # noqa: SLF001
        "StringLiteral": Join._string,  # noqa: SLF001
        "Call": Join._call,  # noqa: SLF001
        "AggregateExpr": Join._aggregation,  # noqa: SLF001
        "BinaryExpr": Join._binary,  # noqa: SLF001
        "SubqueryExpr": Join._subquery,  # noqa: SLF001
        "VectorSelector": Join._selector,  # noqa: SLF001
        "MatrixSelector": Join._range_selector,  # noqa: SLF001
    },
)


def _named(metric: str, name: Place, matchers: tuple[Matcher, ...]) -> tuple[str, Place]:
    """A metric may stand in front, in quotes among the matchers, or as the label `__name__`.

    A pattern without any sign but those for the beginning and the end is a name.
    """
    for one in matchers:
        if one.label not in ("", "__name__") or metric:
            continue
        value, behind = one.value or "", 0
        if one.operator == "=~":
            behind = int(value.endswith("$"))
            value = value.removeprefix("^").removesuffix("$")
            value = value if value.replace(":", "_").isidentifier() else ""
        if value and one.operator in ("=", "=~"):
            # The value stands at the end of its matcher, in quotes.
            inside = one.place.end - behind - (1 if one.label else 0)
            return value, Place(inside - len(value), inside)
    return metric, name


def _unquoted(text: str) -> str:
    inside = text[1:-1]
    if text.startswith("`") or "\\" not in inside:
        return inside
    return inside.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\")
