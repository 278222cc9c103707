"""What is wrong with rules of one's own, each at its place in the policy."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.errors import Diagnostic
from imagelint.core.source import Span
from imagelint.custom.binding import ExpressionError, compiled, parsed
from imagelint.custom.check import condition_faults, field_faults
from imagelint.custom.message import gaps
from imagelint.custom.rule import variables_of
from imagelint.custom.subjects import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.custom.binding import Fault
    from imagelint.custom.expression import Expression
    from imagelint.policy.text import Data, Keys, PolicyText

_Check: TypeAlias = "Callable[[Expression, str], Iterator[Fault]]"


def own_complaints(text: PolicyText, rules: tuple[Data, ...]) -> Iterator[Diagnostic]:
    """What is wrong with the rules that a policy defines, their schema aside.

    Raises:
        PolicyError: the parser of conditions is not installed.
    """
    known: set[str] = set()
    for index, rule in enumerate(rules):
        if not isinstance(rule, dict):
            continue
        name, subject = rule.get("name"), rule.get("subject")
        if isinstance(name, str):  # else the schema says so
            if name in known:
                at = text.at(text.span(("custom-rules", index, "name")))
                yield Diagnostic(f"two rules are named `{name}`", at)
            known.add(name)
        if isinstance(subject, str) and subject in SUBJECTS:
            yield from _expressions(text, rule, subject, ("custom-rules", index))


def _expressions(
    text: PolicyText, rule: Mapping[str, Data], subject: str, keys: Keys
) -> Iterator[Diagnostic]:
    for key, faults in (
        ("condition", partial(_faults, check=condition_faults)),
        ("at", _faults),
        ("message", _template_faults),
        ("help", _template_faults),
    ):
        said = rule.get(key)
        if isinstance(said, str) and said.strip():
            for fault in faults(said, subject):
                yield _told(text, (*keys, key), fault)


def _template_faults(said: str, subject: str) -> Iterator[Fault]:
    try:
        for gap in gaps(said, variables_of(subject)):
            compiled(gap.expression)
            for fault in field_faults(gap.expression, subject):
                yield fault._replace(at=fault.at + gap.at)
    except ExpressionError as error:
        yield from error.faults


def _faults(said: str, subject: str, check: _Check = field_faults) -> Iterator[Fault]:
    try:
        expression = parsed(said, variables_of(subject))
        compiled(expression)
    except ExpressionError as error:
        yield from error.faults
        return
    yield from check(expression, subject)


def _told(text: PolicyText, keys: Keys, fault: Fault) -> Diagnostic:
    """A fault at its place, where the expression is written as it is read: on one line."""
    span = text.span(keys)
    written = text.source.text[span.start : span.end]
    value = text.written(keys)
    inside = written.find(value)
    start = span.start + inside + fault.at if inside >= 0 and "\n" not in written else span.start
    message = f"`{keys[-1]}`: {fault.message}"
    return Diagnostic(message, text.at(Span(start, start)), fault.help)
