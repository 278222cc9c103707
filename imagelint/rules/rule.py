"""A rule as a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.finding import Confidence, Finding, Severity

Findings: TypeAlias = "Iterator[Finding]"


class Rule(NamedTuple):
    """A rule is a value: data and one function."""

    name: str
    subject: type[Any]
    severity: Severity
    confidence: Confidence
    options: type[Any] | None
    references: tuple[str, ...]
    former: tuple[str, ...]
    check: Callable[[Any, Any], Findings]
    doc: str
