"""Tags as files of facts write them: `*` for anything, and one word for a release in them."""

from __future__ import annotations

import re

VERSION, CUDA = "{version}", "{cuda}"
MOST_STARS = 2
"""More would make it slow to compare a tag that does not match."""
_RELEASE = {VERSION: r"(\d+(?:\.\d+){0,3}(?:\.post\d+|rc\d+)?)", CUDA: r"(\d+(?:\.\d+){0,2})"}


def tag_pattern(text: str, word: str) -> str:
    """The pattern of the whole of such a tag; its group is what stands for the word, if any."""
    pieces = re.split(rf"(\*|{re.escape(word)})", text)
    return "".join(
        "[^/]*" if piece == "*" else _RELEASE[word] if piece == word else re.escape(piece)
        for piece in pieces
    )


def glob_of(text: str, word: str) -> str:
    """The glob over such tags."""
    return text.replace(word, "*")


def tag_fault(text: str, word: str) -> str:
    """What is wrong with such a tag, as the end of a sentence; empty when nothing is."""
    if text.count(word) > 1:
        return f"says {word} twice"
    if text.count("*") > MOST_STARS:
        return f"has more than {MOST_STARS} stars"
    if set(text.replace(word, "")) & set("{}?[]"):
        return f"may hold * and {word}, and nothing else that stands for something"
    return ""
