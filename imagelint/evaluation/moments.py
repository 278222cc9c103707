"""What is known of numbers that are not kept."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"


class Moments(NamedTuple):
    """How many numbers there are, their mean, and the lowest and the highest.

    `squares` is the sum of the squares of what they differ by from the mean.
    """

    size: int = 0
    mean: float = 0.0
    squares: float = 0.0
    low: float = inf
    high: float = -inf

    def joined(self, block: Floats) -> Moments:
        """With some more of them; source: Chan, Golub, LeVeque, COMPSTAT 1982, 30-41."""
        if not block.size:
            return self
        mean = float(block.mean())
        size, apart = self.size + block.size, mean - self.mean
        squares = float(((block - mean) ** 2).sum())
        return Moments(
            size,
            self.mean + apart * block.size / size,
            self.squares + squares + apart**2 * self.size * block.size / size,
            min(self.low, float(block.min())),
            max(self.high, float(block.max())),
        )
