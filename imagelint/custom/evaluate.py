"""From an expression to what evaluates it.

What the specification of CEL says of errors and of unknown values holds here: `false && x` is false
and `true || x` is true, whatever x is. Of two operands of which one is unknown and the other fails,
the unknown one counts.
https://github.com/google/cel-spec/blob/master/doc/langdef.md#evaluation
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

from imagelint.core.fact import ABSENT, UNKNOWN
from imagelint.custom.expression import (
    Call,
    Constant,
    Fold,
    ListOf,
    MapOf,
    Name,
    Select,
    UnsupportedError,
)
from imagelint.custom.operators import element, is_there, keys, members
from imagelint.custom.values import (
    EvaluationError,
    ExhaustedError,
    Item,
    Value,
    item_in,
    kind_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.custom.expression import Expression
    from imagelint.custom.functions import Function
    from imagelint.custom.values import Evaluation

Evaluate: TypeAlias = "Callable[[Evaluation], Value]"


class Compiler:
    """Makes functions of expressions; `functions` are those that they may call."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = functions

    def compile(self, expression: Expression) -> Evaluate:
        """What evaluates an expression.

        Raises:
            UnsupportedError: it calls what rules cannot.
        """
        match expression:
            case Constant(value=value):
                return lambda _evaluation: value
            case Name(name=name):
                return _variable(name)
            case Select():
                return self._select(expression)
            case Call():
                return self._call(expression)
            case ListOf(items=items):
                return _list([self.compile(item) for item in items])
            case MapOf(entries=entries):
                return _map([(self.compile(key), self.compile(value)) for key, value in entries])
            case Fold():
                return self._fold(expression)

    def _select(self, select: Select) -> Evaluate:
        operand, field = self.compile(select.operand), select.field
        written = path_of(select)
        if select.test:
            return lambda evaluation: _has(evaluation, operand(evaluation), field)

        def read(evaluation: Evaluation) -> Value:
            container = operand(evaluation)
            if container is UNKNOWN:
                return UNKNOWN
            return _value(evaluation, item_in(container, field), written)

        return read

    def _call(self, call: Call) -> Evaluate:
        arguments = [self.compile(argument) for argument in call.arguments]
        match call.function:
            case "_&&_":
                return _decided_by(arguments, decisive=False)
            case "_||_":
                return _decided_by(arguments, decisive=True)
            case "!_":
                return _negation(arguments[0])
            case "_?_:_":
                return _choice(arguments[0], arguments[1], arguments[2])
            case "_[_]":
                return _element(arguments[0], arguments[1], path_of(call))
            case "@not_strictly_false":
                return _not_strictly_false(arguments[0])
        function = self._functions.get(call.function)
        if function is None:
            raise UnsupportedError(f"rules have no `{call.function.strip('@_')}`", call.at)
        return _strict(function, arguments)

    def _fold(self, fold: Fold) -> Evaluate:
        over, start = self.compile(fold.over), self.compile(fold.start)
        condition, result = self.compile(fold.condition), self.compile(fold.result)
        step = self._step(fold)
        variable, accumulator = fold.variable, fold.accumulator
        cost = 1 + count(fold.step)

        def evaluate(evaluation: Evaluation) -> Value:
            whole = over(evaluation)
            if whole is UNKNOWN:
                return UNKNOWN
            items, complete = members(whole, evaluation.fuel)
            variables = evaluation.variables
            outer = variables.get(variable), variables.get(accumulator)
            variables[accumulator] = start(evaluation)
            try:
                for item in items:
                    if condition(evaluation) is False:
                        break
                    evaluation.fuel.burn(cost)
                    variables[variable] = item
                    variables[accumulator] = _caught(step, evaluation)
                else:
                    if not complete and condition(evaluation) is not False:
                        return UNKNOWN  # what else there may be could decide
                return result(evaluation)
            finally:
                variables[variable], variables[accumulator] = outer

        return evaluate

    def _step(self, fold: Fold) -> Evaluate:
        """The step of a loop; what is put at the end of a list is put there, not into a copy."""
        match fold.step:
            case Call(function="_?_:_", arguments=(asked, step, Name())):
                wanted, put = self.compile(asked), self._step(fold._replace(step=step))
                return _choice(wanted, put, _variable(fold.accumulator))
            case Call(function="_+_", arguments=(Name(name=name), ListOf(items=(item,)))) if (
                name == fold.accumulator
            ):
                return _appending(name, self.compile(item))
        return self.compile(fold.step)


def path_of(expression: Expression) -> str:
    """An expression as it is written, as far as it is a path: `pod.containers[0].image`."""
    match expression:
        case Name(name=name):
            return name
        case Select(operand=operand, field=field):
            return f"{path_of(operand)}.{field}"
        case Call(function="_[_]", arguments=(container, Constant(value=key))):
            written = f'"{key}"' if isinstance(key, str) else key
            return f"{path_of(container)}[{written}]"
        case Call(function="_[_]", arguments=(container, _)):
            return f"{path_of(container)}[…]"
        case _:
            return "…"


def count(expression: Expression) -> int:
    """How many nodes an expression has, those of loops within it aside: they cost by themselves."""
    match expression:
        case Select(operand=operand):
            return 1 + count(operand)
        case Call(arguments=inside) | ListOf(items=inside):
            return 1 + sum(map(count, inside))
        case MapOf(entries=entries):
            return 1 + sum(count(one) for pair in entries for one in pair)
        case Fold(over=over):
            return 1 + count(over)
        case _:
            return 1


def _value(evaluation: Evaluation, item: Item, written: str) -> Value:
    """The value of an item that a condition reads.

    Raises:
        EvaluationError: it is absent.
    """
    if item.place is not None:
        evaluation.place = item.place
    if item.value is ABSENT:
        raise EvaluationError(f"there is no `{written}`: ask `{_asking(written)}` before")
    return item.value


def _asking(written: str) -> str:
    """What tells whether there is something that is written so."""
    container, bracket, key = written.rpartition("[")
    if not bracket or not written.endswith("]"):
        return f"has({written})"
    return f"{key[:-1]} in {container}" if key.startswith('"') else f"size({container})"


def _variable(name: str) -> Evaluate:
    def read(evaluation: Evaluation) -> Value:
        value = evaluation.variables[name]
        if isinstance(value, Item):
            return _value(evaluation, value, name)
        if isinstance(value, EvaluationError):
            raise value
        return value

    return read


def _has(evaluation: Evaluation, container: Value, field: str) -> Value:
    if container is UNKNOWN:
        return UNKNOWN
    item = item_in(container, field)
    if item.place is not None:
        evaluation.place = item.place
    return is_there(container, field, item)


def _element(container: Evaluate, key: Evaluate, written: str) -> Evaluate:
    def read(evaluation: Evaluation) -> Value:
        whole, wanted = container(evaluation), key(evaluation)
        if whole is UNKNOWN or wanted is UNKNOWN:
            return UNKNOWN
        return _value(evaluation, element(whole, wanted), written)

    return read


def _list(items: list[Evaluate]) -> Evaluate:
    return lambda evaluation: [item(evaluation) for item in items]


def _map(entries: list[tuple[Evaluate, Evaluate]]) -> Evaluate:
    def make(evaluation: Evaluation) -> Value:
        pairs = [(key(evaluation), value(evaluation)) for key, value in entries]
        return UNKNOWN if any(key is UNKNOWN for key, _ in pairs) else keys(pairs)

    return make


def _strict(function: Function, arguments: list[Evaluate]) -> Evaluate:
    if len(arguments) == 2:  # noqa: PLR2004 - most are about two
        first, second = arguments

        def both(evaluation: Evaluation) -> Value:
            left, right = first(evaluation), second(evaluation)
            if left is UNKNOWN or right is UNKNOWN:
                return UNKNOWN
            return function(evaluation.fuel, left, right)

        return both

    def call(evaluation: Evaluation) -> Value:
        values = [argument(evaluation) for argument in arguments]
        return UNKNOWN if UNKNOWN in values else function(evaluation.fuel, *values)

    return call


def _decided_by(arguments: list[Evaluate], *, decisive: bool) -> Evaluate:
    """`&&`, which any false decides, or `||`, which any true decides, wherever it stands."""
    first, second = arguments

    def decide(evaluation: Evaluation) -> Value:
        left = _caught(first, evaluation)
        if left is decisive:
            return decisive
        right = _caught(second, evaluation)
        if right is decisive:
            return decisive
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        for side in (left, right):
            if isinstance(side, EvaluationError):
                raise side
            _truth(side)
        return not decisive

    return decide


def _caught(evaluate: Evaluate, evaluation: Evaluation) -> Value:
    """A value, or the error that there is instead of one."""
    try:
        return evaluate(evaluation)
    except ExhaustedError:
        raise
    except EvaluationError as error:
        return error


def _truth(value: Value) -> bool:
    if not isinstance(value, bool):
        raise EvaluationError(f"{kind_of(value)} is neither true nor false")
    return value


def _negation(operand: Evaluate) -> Evaluate:
    def negate(evaluation: Evaluation) -> Value:
        value = operand(evaluation)
        return UNKNOWN if value is UNKNOWN else not _truth(value)

    return negate


def _choice(asked: Evaluate, then: Evaluate, otherwise: Evaluate) -> Evaluate:
    def choose(evaluation: Evaluation) -> Value:
        wanted = asked(evaluation)
        if wanted is UNKNOWN:
            return UNKNOWN
        return then(evaluation) if _truth(wanted) else otherwise(evaluation)

    return choose


def _not_strictly_false(operand: Evaluate) -> Evaluate:
    return lambda evaluation: _caught(operand, evaluation) is not False


def _appending(name: str, item: Evaluate) -> Evaluate:
    def append(evaluation: Evaluation) -> Value:
        value, found = item(evaluation), evaluation.variables[name]
        if isinstance(found, EvaluationError):
            raise found
        if found is UNKNOWN or value is UNKNOWN:
            return UNKNOWN
        cast("list[Value]", found).append(value)
        return found

    return append
