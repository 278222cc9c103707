"""A rule as a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.finding import Confidence, Finding, Severity

Findings: TypeAlias = "Iterator[Finding]"


class Rule(NamedTuple):
    """A rule is a value: data and one function.

    `subjects` are the node types that it speaks about: it is called once for each node that is
    exactly of one of them. `triggers` are keywords of instructions and programs: where there are
    any, it is only called for instructions, commands, scripts and stages that hold one of them.
    `check` takes the node and the context, and the options behind them when `options` is their
    type.
    """

    name: str
    subjects: tuple[type[Any], ...]
    severity: Severity
    confidence: Confidence
    options: type[Any] | None
    references: tuple[str, ...]
    former: tuple[str, ...]
    check: Callable[..., Findings]
    doc: str
    triggers: frozenset[str] = frozenset()
