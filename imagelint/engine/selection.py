"""Which rules a node concerns: most of them are about one keyword, or about a few programs.

A Dockerfile has dozens of instructions and commands, and there are dozens of rules about each: to
ask all about all would be most of the work, and to import all of them, most of what a small file
takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagelint.documents.base import Node

_VERSION = "-0123456789."


class Selection:
    """The names of the rules that nodes of a type concern.

    `triggers` are the names of the rules about that type, in their order, with the keywords and
    programs of which a node must hold one; none: each node of the type concerns the rule.
    """

    __slots__ = ("_all", "_known", "_triggers")

    def __init__(self, kind: type, triggers: Mapping[str, Iterable[str]]) -> None:
        self._triggers = {name: frozenset(words) for name, words in triggers.items()}
        self._all = None if hasattr(kind, "trigger") else tuple(self._triggers)
        self._known: dict[object, tuple[str, ...]] = {}

    def of(self, node: Node) -> tuple[str, ...]:
        """The names of the rules that a node concerns, in their order."""
        if self._all is not None:
            return self._all
        words = cast("_WithTrigger", node).trigger
        known = self._known.get(words)
        if known is None:
            known = self._known[words] = self._chosen(words)
        return known

    def _chosen(self, words: str | frozenset[str]) -> tuple[str, ...]:
        held = {words} if isinstance(words, str) else words
        held = {*held, *(word.rstrip(_VERSION) for word in held)}
        return tuple(
            name
            for name, triggers in self._triggers.items()
            if not triggers or not triggers.isdisjoint(held)
        )


class _WithTrigger:
    """A node that says which keywords and programs it holds."""

    trigger: str | frozenset[str]
