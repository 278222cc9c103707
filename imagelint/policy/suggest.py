"""Did you mean …?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A question with the nearest word, or all words when they are few; else empty."""
    known = tuple(words)
    near = nearest(word, known)
    if near:
        return f"did you mean `{near}`?"
    few = 12
    return f"known are: {', '.join(known)}" if len(known) <= few else ""
