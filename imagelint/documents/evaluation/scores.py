"""The scores of one metric, in as little memory as their values take."""

from __future__ import annotations

from array import array
from math import nan

_BYTE = 256
"""Different values that a byte can number, with that of a sample without a score."""
_TWO_BYTES = 65_536
"""Those that two bytes can: scores of four decimals, and shares of a few hundred parts."""


class Scores:
    """One score a sample, NaN where it has none.

    While there are few different values, as of passes, grades and rounded shares, a score takes
    one byte or two: the number of its value. Else it takes eight.
    """

    __slots__ = ("_numbered", "_numbers", "_plain")

    def __init__(self) -> None:
        self._numbers: dict[float, int] = {nan: 0}
        self._numbered: bytearray | array[int] = bytearray()
        self._plain: array[float] | None = None

    def put(self, at: int, score: float) -> None:
        """Add the score of the sample at a position; those before it that lack one have none."""
        if self._plain is None:
            number = self._numbers.setdefault(score, len(self._numbers))
            if number == _BYTE and isinstance(self._numbered, bytearray):
                self._numbered = array("H", iter(self._numbered))
            if number < _TWO_BYTES:
                self._fill(at)
                self._numbered.append(number)
                return
            self._plain = self._unnumbered()
            self._numbered, self._numbers = bytearray(), {nan: 0}
        self._plain.extend([nan] * (at - len(self._plain)))
        self._plain.append(score)

    def values(self, size: int) -> array[float]:
        """The scores of so many samples; not for change."""
        found = self._unnumbered() if self._plain is None else self._plain
        found.extend([nan] * (size - len(found)))
        return found

    def numbered(self, size: int) -> tuple[bytearray | array[int], tuple[float, ...]] | None:
        """The numbers of so many samples, of one byte or two, and the values that have them.

        None where two bytes are too few.
        """
        if self._plain is not None:
            return None
        self._fill(size)
        return self._numbered, tuple(self._numbers)

    def _fill(self, size: int) -> None:
        missing = size - len(self._numbered)
        if missing > 0:
            self._numbered.extend(bytes(missing))

    def _unnumbered(self) -> array[float]:
        known = tuple(self._numbers)
        return array("d", map(known.__getitem__, self._numbered))
