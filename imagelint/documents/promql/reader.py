"""Reads an expression of PromQL: its tree, or what is wrong with it and where."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.promql.durations import endless_duration
from imagelint.documents.promql.join import Join, MismatchError
from imagelint.documents.promql.languages import LOGQL, language
from imagelint.documents.promql.tokens import LexicalError, tokens
from imagelint.documents.promql.variables import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from promql_parser import Expr

    from imagelint.documents.promql.tokens import Token
    from imagelint.documents.promql.tree import Expression
    from imagelint.documents.promql.variables import Filled

_LONGEST = 65_536
# The parser goes one deeper for each of these, and so does everybody who follows its tree.
_DEEPEST = 250
_DEEPENING = frozenset("(+-*/%^<>") | {"==", "!=", ">=", "<=", "and", "or", "unless", "atan2"}
# What stands before parentheses and is no function.
_KEYWORDS = frozenset(("by", "without", "on", "ignoring", "group_left", "group_right", "bool"))
_KEYWORDS |= {"and", "or", "unless", "offset", "atan2", "start", "end"}


class Reading(NamedTuple):
    """What an expression is.

    `tree` is None where it cannot be told: then `message` says what is wrong from `start` to `end`,
    and is empty where a variable keeps it from being read, or where `unread` says what else does.
    """

    tree: Expression | None = None
    message: str = ""
    start: int = 0
    end: int = 0
    unread: str = ""
    too_large: bool = False


def read_promql(text: str) -> Reading:
    """Read an expression, in which variables of a dashboard may stand."""
    if len(text) > _LONGEST:
        told = f"the query is longer than {_LONGEST:,} characters"
        return Reading(unread=told, too_large=True)
    filled = fill(text)
    try:
        words = tuple(tokens(filled.text))
    except LexicalError as error:
        at = error.offset
        if filled.ranges:
            return Reading()
        return _of_another(text) or Reading(None, f"unexpected `{text[at]}`", at, at + 1)
    if sum(word.text in _DEEPENING for word in words) > _DEEPEST:
        told = f"the query has more than {_DEEPEST} operators and parentheses"
        return Reading(unread=told, too_large=True)
    beyond = endless_duration(words)
    if beyond is not None and not filled.touches(beyond.start, beyond.end):
        return Reading(None, "the duration is out of range", beyond.start, beyond.end)
    return _joined(text, words, filled)


def _joined(text: str, words: Sequence[Token], filled: Filled) -> Reading:
    try:
        return Reading(Join(words, filled).whole(_parse(filled.text)))
    except ValueError as error:
        if filled.ranges:
            return Reading()
        return _of_another(text) or Reading(None, str(error), *_place(text, words, str(error)))
    except MismatchError:
        return Reading(unread="it cannot be told where the parts of the query stand")
    except _PanicError as error:
        return Reading(unread=f"the parser of queries cannot read it: {error}")


class _PanicError(Exception):
    """The parser itself gave up."""


def _parse(text: str) -> Expr:
    try:
        return _parser()(text)
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:
        # What Rust gave up is no `Exception`, and would end the program.
        if type(error).__name__ != "PanicException":
            raise
        raise _PanicError(error) from None


def _of_another(text: str) -> Reading | None:
    """What is no PromQL and may be right; nothing is told of queries for logs."""
    found = language(text)
    if not found:
        return None
    return Reading(unread="" if found == LOGQL else f"the query may be {found}, which is not read")


@cache
def _parser() -> Callable[[str], Expr]:
    """What parses an expression, also with what Prometheus 2 called by another name."""
    from promql_parser import Function, ValueType, parse, register_extra_functions

    arguments = [ValueType.Matrix, ValueType.Scalar, ValueType.Scalar]
    register_extra_functions([Function("holt_winters", arguments, ValueType.Vector)])
    return parse


def _place(text: str, words: Sequence[Token], message: str) -> tuple[int, int]:
    """Where an expression is wrong: the shortest part in parentheses that is wrong in this way."""
    calls = sorted(_calls(words), key=lambda one: one[1] - one[0])
    for start, end in calls:
        if _complaint(text[start:end]) == message:
            return start, end
    return (words[0].start, words[-1].end) if words else (0, len(text))


def _calls(words: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The parts in parentheses, each with the word before them; an open one goes on to the end."""
    begun: list[int] = []
    for index, word in enumerate(words):
        if word.text == "(":
            called = index and words[index - 1].kind == "word"
            keyword = called and words[index - 1].text.lower() in _KEYWORDS
            begun.append(-1 if keyword else words[index - 1 if called else index].start)
        elif word.text == ")" and begun:
            start = begun.pop()
            if start >= 0:
                yield start, word.end
    yield from ((start, words[-1].end) for start in begun if start >= 0)


def _complaint(text: str) -> str:
    try:
        _parse(text)
    except (ValueError, _PanicError) as error:
        return str(error)
    return ""
