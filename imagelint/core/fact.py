"""Three-valued inputs: what a rule reads is known, absent or unknown.

A rule may build on *absent* only because whoever produced the fact had read every place that could
set it. On *unknown* a rule stays silent.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeAlias, TypeVar

if TYPE_CHECKING:
    from imagelint.core.source import Span

T = TypeVar("T")
D = TypeVar("D")


class Known(NamedTuple, Generic[T]):
    """A value that is certain, and where it is written (None: it is a documented default)."""

    value: T
    span: Span | None = None


class Missing(Enum):
    """Why there is no value."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


Fact: TypeAlias = Known[T] | Missing

ABSENT = Missing.ABSENT
UNKNOWN = Missing.UNKNOWN


def value_or(fact: Fact[T], default: D) -> T | D:
    """The value when it is known, else `default`: for absent and unknown alike."""
    return fact.value if isinstance(fact, Known) else default
