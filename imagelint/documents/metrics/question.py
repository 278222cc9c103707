"""What is asked of the metrics of a server, and how the same is asked in PromQL."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Rows: TypeAlias = tuple[tuple[float, float], ...]
"""Upper bounds of buckets with their values; one row without a bound for what has no buckets."""
Pairs: TypeAlias = tuple[tuple[str, str], ...]

WORST = 0.95
"""A gauge counts with this quantile over the window: a moment's peak is no state."""


class Reading(Enum):
    """How series become an answer; each as Prometheus computes it.

    A `NATIVE` histogram is one series with all of its buckets, which only a server's API tells.
    """

    BUCKETS = "sum by (le) (rate({series}[{range}]))"
    NATIVE = "sum(rate({series}[{range}]))"
    WORST = f"max(quantile_over_time({WORST}, {{series}}[{{range}}]))"
    INCREASE = "sum(increase({series}[{range}]))"


class Question(NamedTuple):
    """Which series are read, and how.

    `equal` are labels with their values, `where` and `unless` labels with patterns of their whole
    values. A label that a series does not have has the empty value.
    """

    reading: Reading
    name: str
    equal: Pairs = ()
    where: Pairs = ()
    unless: Pairs = ()

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Whether a series with some labels is among those that are asked about."""
        return (
            all(labels.get(label, "") == value for label, value in self.equal)
            and all(_fits(value, labels.get(label, "")) for label, value in self.where)
            and not any(_fits(value, labels.get(label, "")) for label, value in self.unless)
        )


def promql(question: Question, seconds: float) -> str:
    """The question over a range as an expression of PromQL."""
    chosen = f"{question.name}{selector(question)}"
    return question.reading.value.format(series=chosen, range=f"{seconds * 1000:.0f}ms")


def selector(question: Question) -> str:
    """The labels of a question in braces; empty where there are none."""
    matchers = [
        *(f"{label}={quoted(value)}" for label, value in question.equal),
        *(f"{label}=~{quoted(value)}" for label, value in question.where),
        *(f"{label}!~{quoted(value)}" for label, value in question.unless),
    ]
    return f"{{{','.join(matchers)}}}" if matchers else ""


def quoted(text: str) -> str:
    """A text as a string of PromQL."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _fits(expression: str, value: str) -> bool:
    # The expressions are those of our table: plain ones, which Go and Python read alike.
    return pattern(expression).fullmatch(value) is not None
