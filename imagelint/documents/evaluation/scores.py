"""The scores of one metric, in as little memory as their values take."""

from __future__ import annotations

from array import array
from math import nan

_MOST_NUMBERED = 256
"""Different values that a byte can number, with that of a sample without a score."""


class Scores:
    """One score a sample, NaN where it has none.

    While there are few different values, as of passes and grades, a score takes a byte: the number
    of its value. Else it takes eight.
    """

    __slots__ = ("_numbered", "_numbers", "_plain")

    def __init__(self) -> None:
        self._numbers: dict[float, int] = {nan: 0}
        self._numbered = bytearray()
        self._plain: array[float] | None = None

    def put(self, at: int, score: float) -> None:
        """Add the score of the sample at a position; those before it that lack one have none."""
        if self._plain is None:
            number = self._numbers.setdefault(score, len(self._numbers))
            if number < _MOST_NUMBERED:
                numbered = self._numbered
                if len(numbered) < at:
                    numbered.extend(bytes(at - len(numbered)))
                numbered.append(number)
                return
            self._plain = self._unnumbered()
        self._plain.extend([nan] * (at - len(self._plain)))
        self._plain.append(score)

    def values(self, size: int) -> array[float]:
        """The scores of so many samples; not for change."""
        found = self._unnumbered() if self._plain is None else self._plain
        found.extend([nan] * (size - len(found)))
        return found

    def numbered(self, size: int) -> tuple[bytearray, tuple[float, ...]] | None:
        """The numbers of so many samples and the values that have them, if a byte is enough."""
        if self._plain is not None:
            return None
        self._numbered.extend(bytes(size - len(self._numbered)))
        return self._numbered, tuple(self._numbers)[:_MOST_NUMBERED]

    def _unnumbered(self) -> array[float]:
        known = tuple(self._numbers)
        return array("d", map(known.__getitem__, self._numbered))
