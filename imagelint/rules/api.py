"""The whole vocabulary of a rule author."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from imagelint.core.finding import Confidence, Finding, Fix, Note, Severity
from imagelint.rules.context import Context
from imagelint.rules.rule import Findings, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

S = TypeVar("S")
T = TypeVar("T")
U = TypeVar("U")
V = TypeVar("V")
O = TypeVar("O")  # noqa: E741 - stands for the options of a rule


__all__ = ["Confidence", "Context", "Finding", "Findings", "Fix", "Note", "Severity"]
__all__ += ["Rule", "rule"]


@overload
def rule(
    subject: type[S] | tuple[type[S]],
    severity: Severity,
    *,
    confidence: Confidence = ...,
    references: tuple[str, ...] = ...,
    former: tuple[str, ...] = ...,
    keywords: tuple[str, ...] = ...,
    programs: Iterable[str] = ...,
) -> Callable[[Callable[[S, Context], Findings]], Rule]: ...
@overload
def rule(
    subject: tuple[type[S], type[T]],
    severity: Severity,
    *,
    confidence: Confidence = ...,
    references: tuple[str, ...] = ...,
    former: tuple[str, ...] = ...,
    keywords: tuple[str, ...] = ...,
    programs: Iterable[str] = ...,
) -> Callable[[Callable[[S | T, Context], Findings]], Rule]: ...
@overload
def rule(
    subject: tuple[type[S], type[T], type[U]],
    severity: Severity,
    *,
    confidence: Confidence = ...,
    references: tuple[str, ...] = ...,
    former: tuple[str, ...] = ...,
    keywords: tuple[str, ...] = ...,
    programs: Iterable[str] = ...,
) -> Callable[[Callable[[S | T | U, Context], Findings]], Rule]: ...
@overload
def rule(
    subject: tuple[type[S], type[T], type[U], type[V]],
    severity: Severity,
    *,
    confidence: Confidence = ...,
    references: tuple[str, ...] = ...,
    former: tuple[str, ...] = ...,
    keywords: tuple[str, ...] = ...,
    programs: Iterable[str] = ...,
) -> Callable[[Callable[[S | T | U | V, Context], Findings]], Rule]: ...
@overload
def rule(
    subject: type[S],
    severity: Severity,
    *,
    options: type[O],
    confidence: Confidence = ...,
    references: tuple[str, ...] = ...,
    former: tuple[str, ...] = ...,
    keywords: tuple[str, ...] = ...,
    programs: Iterable[str] = ...,
) -> Callable[[Callable[[S, Context, O], Findings]], Rule]: ...
@overload
def rule(
    subject: tuple[type[S], type[T]] | tuple[type[S], type[T], type[U]],
    severity: Severity,
    *,
    options: type[O],
    confidence: Confidence = ...,
    references: tuple[str, ...] = ...,
    former: tuple[str, ...] = ...,
    keywords: tuple[str, ...] = ...,
    programs: Iterable[str] = ...,
) -> Callable[[Callable[[S | T | U, Context, O], Findings]], Rule]: ...
def rule(  # noqa: PLR0913 - the fields of a rule
    subject: type[Any] | tuple[type[Any], ...],
    severity: Severity,
    *,
    options: type[Any] | None = None,
    confidence: Confidence = Confidence.CERTAIN,
    references: tuple[str, ...] = (),
    former: tuple[str, ...] = (),
    keywords: tuple[str, ...] = (),
    programs: Iterable[str] = (),
) -> Callable[[Callable[..., Findings]], Rule]:
    """Make a rule of a function: its name in kebab-case, its docstring as documentation.

    `subject` is the type of node that it speaks about, or a tuple of up to four types. A function
    that takes another subject, or other options, is a type error. `keywords` are those of the
    instructions that it is about, `programs` those of the commands, without a version (`python` for
    `python3.12`). With any of them, it is only asked about the instructions, commands, scripts and
    stages that hold one.
    """

    def make(check: Callable[..., Findings]) -> Rule:
        return Rule(
            name=check.__name__.replace("_", "-"),
            subjects=subject if isinstance(subject, tuple) else (subject,),
            severity=severity,
            confidence=confidence,
            options=options,
            references=references,
            former=former,
            triggers=frozenset((*keywords, *programs)),
            check=check,
            doc=check.__doc__ or "",
        )

    return make
