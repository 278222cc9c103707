"""The word that somebody may have meant."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORT = 6
_KEPT = 4_096
# What `difflib` calls near: twice the letters in common, of all letters.
_CUTOFF = 0.6


def nearest(word: str, words: Iterable[str]) -> str:
    """The word that is most like what was written; empty when none is near.

    To compare one word with all rules in full takes a millisecond, and a file may have ten
    thousand wrong ones: only those of a length that can be near, with enough pairs of letters in
    common, are compared.
    """
    from difflib import get_close_matches

    written = word.lower().replace("_", "-")
    pairs = _pairs(written)
    size = len(written)
    least, most = 3 * size // 7, -(-7 * size // 3)  # beyond, no more than `_CUTOFF` can be alike
    alike = [
        known
        for known in words
        if least <= len(known) <= most
        and (size < _SHORT or 3 * len(pairs & _pairs(known)) >= len(pairs))
    ]
    return next(iter(get_close_matches(written, alike, 1, _CUTOFF)), "")


@lru_cache(_KEPT)
def _pairs(word: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(word)))
