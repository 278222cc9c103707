"""AND-OR lists and pipelines: which commands are connected, and which surely run.

POSIX.1-2017, Shell & Utilities 2.9.2 and 2.9.3: `|` binds tighter than `&&` and `||`, which bind
alike and from the left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

PIPES = frozenset({"|", "|&"})
CHOICES = frozenset({"&&", "||"})
# Commands that ask: what follows them behind `&&` may well not run.
PROBES = frozenset({"[", "[[", "test", "command", "which", "type", "hash", "grep", "egrep"})


class Link(NamedTuple, Generic[T]):
    """A command, and the operator that stands before it: `&&`, `||`, `|`, `;` … or none."""

    operator: str
    command: T


class Pipeline(NamedTuple, Generic[T]):
    """Commands that are connected by pipes; `sure` is false behind `||` and behind a question."""

    stages: tuple[T, ...]
    sure: bool


def pipelines(links: Iterable[Link[T]], is_probe: Callable[[T], bool]) -> Iterator[Pipeline[T]]:
    """The pipelines of a chain of commands, in order.

    `is_probe` tells of a command whether it only asks, so that what follows behind `&&` may well
    not run.
    """
    stages: list[T] = []
    operator = ""
    probed = False
    for link in links:
        if stages and link.operator not in PIPES:
            yield Pipeline(tuple(stages), not probed and operator != "||")
            probed = link.operator in CHOICES and (probed or is_probe(stages[-1]))
            stages = []
        if not stages:
            operator = link.operator
        stages.append(link.command)
    if stages:
        yield Pipeline(tuple(stages), not probed and operator != "||")
