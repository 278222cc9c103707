"""Texts with expressions in `{{ }}`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN
from imagelint.core.record import NamedTuple
from imagelint.custom.binding import ExpressionError, compiled, parsed
from imagelint.custom.operators import plain
from imagelint.custom.values import EvaluationError, ExhaustedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.custom.evaluate import Evaluate
    from imagelint.custom.expression import Expression
    from imagelint.custom.values import Evaluation, Value

_GAP = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_LONGEST = 200
LONGEST = 4_000
"""Code points of a text, as it is written and as it is told."""
UNTOLD = "…"
"""What stands for a value that is not known, or not there."""
NOTHING = "nothing"
"""What stands for an empty list."""


class Gap(NamedTuple):
    """An expression in a text; `at` is where it begins there."""

    at: int
    expression: Expression


class Template(NamedTuple):
    """The parts of a text: what is written, and what is evaluated."""

    parts: tuple[str | Evaluate, ...]

    def filled(self, evaluation: Evaluation) -> str:
        """The text with the values of its expressions."""
        told = "".join(
            part if isinstance(part, str) else _shown(part, evaluation) for part in self.parts
        )
        return told if len(told) <= LONGEST else f"{told[:LONGEST]}…"


def gaps(text: str, variables: Iterable[str]) -> Iterator[Gap]:
    """The expressions in a text.

    Raises:
        ExpressionError: one of them is none.
        PolicyError: the parser is not installed.
    """
    names = tuple(variables)
    for match in _GAP.finditer(text):
        try:
            yield Gap(match.start(1), parsed(match[1], names))
        except ExpressionError as error:
            at = match.start(1)
            moved = (fault._replace(at=fault.at + at) for fault in error.faults)
            raise ExpressionError(*moved) from None


def template(text: str, variables: Iterable[str]) -> Template:
    """A text whose expressions can be evaluated.

    Raises:
        ExpressionError: one of them is none.
        PolicyError: the parser is not installed.
    """
    written = iter(_GAP.split(text)[::2])
    parts: list[str | Evaluate] = [next(written)]
    for gap, behind in zip(gaps(text, variables), written, strict=True):
        parts += [compiled(gap.expression), behind]
    return Template(tuple(parts))


def _shown(evaluate: Evaluate, evaluation: Evaluation) -> str:
    try:
        value = plain(evaluate(evaluation), evaluation.fuel)
    except ExhaustedError:
        raise
    except EvaluationError:
        return UNTOLD
    shown = ""
    for piece in _pieces(value):
        # A list may hold one long text many times: no more of it is made than is told.
        shown += piece[: _LONGEST + 1]
        if len(shown) > _LONGEST:
            return f"{shown[:_LONGEST]}…"
    return shown


def _pieces(value: Value) -> Iterator[str]:
    """The words for a value, one after the other."""
    match value:
        case tuple() | list():
            yield from _separated(("", each) for each in value)
        case dict():
            yield from _separated((f"{key}: ", each) for key, each in value.items())
        case _:
            yield _word(value)


def _separated(parts: Iterable[tuple[str, Value]]) -> Iterator[str]:
    between = ""
    for head, value in parts:
        yield between + head
        yield from _pieces(value)
        between = ", "
    if not between:
        yield NOTHING


def _word(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}"
        case _:
            return UNTOLD if value is UNKNOWN else str(value)
