"""The whole vocabulary of a rule author."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from imagelint.core.finding import Confidence, Finding, Fix, Note, Severity
from imagelint.rules.context import Configured, Context
from imagelint.rules.rule import Findings, Rule

if TYPE_CHECKING:
    from collections.abc import Callable

S = TypeVar("S")
O = TypeVar("O")  # noqa: E741 - stands for the options of a rule

__all__ = ["Confidence", "Configured", "Context", "Finding", "Findings", "Fix", "Note", "Severity"]
__all__ += ["Rule", "rule"]


@overload
def rule(
    subject: type[S],
    severity: Severity,
    *,
    confidence: Confidence = ...,
    references: tuple[str, ...] = ...,
    former: tuple[str, ...] = ...,
) -> Callable[[Callable[[S, Context], Findings]], Rule]: ...
@overload
def rule(
    subject: type[S],
    severity: Severity,
    *,
    options: type[O],
    confidence: Confidence = ...,
    references: tuple[str, ...] = ...,
    former: tuple[str, ...] = ...,
) -> Callable[[Callable[[S, Configured[O]], Findings]], Rule]: ...
def rule(  # noqa: PLR0913 - the fields of a rule
    subject: type[Any],
    severity: Severity,
    *,
    options: type[Any] | None = None,
    confidence: Confidence = Confidence.CERTAIN,
    references: tuple[str, ...] = (),
    former: tuple[str, ...] = (),
) -> Callable[[Callable[[Any, Any], Findings]], Rule]:
    """Make a rule of a function: its name in kebab-case, its docstring as documentation.

    A function that takes another subject, or other options, is a type error.
    """

    def make(check: Callable[[Any, Any], Findings]) -> Rule:
        name = check.__name__.replace("_", "-")
        doc = check.__doc__ or ""
        return Rule(name, subject, severity, confidence, options, references, former, check, doc)

    return make
