"""Did you mean …?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A question with the nearest word, or all words when they are few; else empty."""
    from difflib import get_close_matches

    known = tuple(words)
    near = get_close_matches(word.lower().replace("_", "-"), known, 1)
    if near:
        return f"did you mean `{near[0]}`?"
    few = 12
    return f"known are: {', '.join(known)}" if len(known) <= few else ""
