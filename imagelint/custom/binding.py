"""The parser and checker of CEL, and its regular expressions: `cel-expr-python`, Google's own.

It wraps the implementation in C++ that Google keeps, is there for all that imagelint runs on, and
bounds what it parses. It cannot tell what is unknown from what is absent, nor where a value was
read: so it parses, expands macros and checks types, and `imagelint.custom.evaluate` evaluates.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, PolicyError
from imagelint.core.record import NamedTuple
from imagelint.custom.evaluate import Compiler
from imagelint.custom.expression import UnsupportedError, read_expression
from imagelint.custom.functions import EXTENSIONS, table
from imagelint.custom.values import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from cel_expr_python.cel import Env
    from cel_expr_python.cel import Type as CelType

    from imagelint.custom.evaluate import Evaluate
    from imagelint.custom.expression import Expression

_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_STATUS = re.compile(r"\A[A-Z_]+: |\s*\[[A-Z_]+\]\Z|\(in container ''\)")
_REMEMBERED = 512  # rules about one node ask the same texts one after the other
_HELP = "install it: pip install 'imagelint[cel]'"


class Fault(NamedTuple):
    """What is wrong with an expression, at which code point of it, and what would help."""

    message: str
    at: int
    help: str = ""


class ExpressionError(Exception):
    """An expression that is none; `faults` are all that is wrong with it."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].message)
        self.faults = faults


def parsed(text: str, variables: Iterable[str]) -> Expression:
    """The tree of an expression in which the variables may occur.

    Raises:
        ExpressionError: it is no expression, or one that rules cannot have.
        PolicyError: the parser is not installed.
    """
    try:
        compiled = _environment(tuple(variables)).compile(text)
        return read_expression(compiled.serialize())
    except RuntimeError as error:
        raise ExpressionError(*_faults(text, str(error))) from None
    except UnsupportedError as error:
        raise ExpressionError(Fault(error.message, error.at)) from None


def compiled(expression: Expression) -> Evaluate:
    """What evaluates an expression.

    Raises:
        ExpressionError: it calls what rules cannot.
    """
    try:
        return _compiler().compile(expression)
    except UnsupportedError as error:
        raise ExpressionError(Fault(error.message, error.at)) from None


@cache
def _compiler() -> Compiler:
    program = _environment(("text", "sought")).compile("string(text).matches(string(sought))")

    @lru_cache(_REMEMBERED)
    def matches(text: str, sought: str) -> bool:
        found = program.eval(data={"text": text, "sought": sought}).value()
        if not isinstance(found, bool):
            raise EvaluationError(f"`{sought[:100]}` is no regular expression")
        return found

    return Compiler(table(matches))


def _library() -> ModuleType:
    try:
        from cel_expr_python import cel
    except ModuleNotFoundError:
        message = "a rule of one's own needs the language CEL, which is not installed"
        raise PolicyError(Diagnostic(message, help=_HELP)) from None
    return cel  # type: ignore[no-any-return]


@cache
def _environment(variables: tuple[str, ...]) -> Env:
    cel = _library()
    functions = [
        cel.FunctionDecl(
            one.name,
            [
                cel.Overload(
                    f"{one.name}_{'_'.join(one.parameters)}",
                    return_type=_kind(cel, one.result),
                    parameters=[_kind(cel, each) for each in one.parameters],
                    is_member=one.is_method,
                )
            ],
        )
        for one in EXTENSIONS
    ]
    types = dict.fromkeys(variables, cel.Type.DYN)
    return cel.NewEnv(variables=types, functions=functions)


def _kind(cel: ModuleType, name: str) -> CelType:
    if name == "list(string)":
        return cel.Type.List(cel.Type.STRING)
    return getattr(cel.Type, name.upper())


def _faults(text: str, told: str) -> list[Fault]:
    """What the parser says, without what is only for terminals."""
    lines = text.split("\n")
    found = []
    for line, column, message in _ERROR.findall(told):
        before = sum(len(each) + 1 for each in lines[: int(line) - 1])
        found.append(Fault(_STATUS.sub("", message).strip(), before + int(column) - 1))
    return found or [Fault(_STATUS.sub("", told.partition("\n")[0]).strip(), 0)]
