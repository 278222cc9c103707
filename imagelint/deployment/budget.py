"""How much of other documents is written into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span

MOST_VARIABLES = 100_000
"""Variables that the containers of one document get from files and objects of settings."""
MOST_MERGED = 1_000_000
"""Characters of runtimes with which the predictors of one manifest are merged."""


class Budget:
    """A bound on what the parts of one document get from others, all of them together.

    Each of thousands may get the same large thing: together that is more than any file holds.
    `what` is a sentence about those who did not get theirs.
    """

    def __init__(self, most: int, what: str) -> None:
        self._left = most
        self._what = what
        self._refused: list[Span] = []

    def grants(self, amount: int, place: Span) -> bool:
        """Whether what stands at a place gets so much."""
        if amount > self._left:
            self._refused.append(place)
            return False
        self._left -= amount
        return True

    def gaps(self) -> Iterator[DocumentError]:
        """That some did not get theirs, at the first of them."""
        if self._refused:
            message = f"{self._what}: here, and {len(self._refused) - 1:,} more"
            help_ = "spread them over several files"
            yield DocumentError(ProblemKind.TOO_LARGE, message, self._refused[0], help_)
