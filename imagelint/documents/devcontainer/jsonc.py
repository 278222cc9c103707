"""JSON with comments, as editors read it."""

from __future__ import annotations

from imagelint.core.pattern import pattern

# A string as a whole, so that no `//` of an address in it counts, or a comment.
_TOKEN = pattern(r"\"(?:[^\"\\\n]|\\.)*+\"?|(//[^\n\r]*|/\*(?:[^*]|\*(?!/))*+(?:\*/)?)")
_SHOWN = pattern(r"[^\n\r]")


def without_comments(text: str) -> str:
    """The text with blanks for its comments, so that each place stays where it is.

    A comma behind the last entry needs no such care: YAML takes it.
    """
    if "/" not in text:
        return text
    return _TOKEN.sub(lambda token: _SHOWN.sub(" ", token[1]) if token[1] else token[0], text)


def with_hashes(text: str) -> str:
    """The text with comments that begin with `#`, as those of other files do, at their places."""
    return _TOKEN.sub(lambda token: _hashed(token[1]) if token[1] else token[0], text)


def _hashed(comment: str) -> str:
    rest = comment[2:]
    if rest.endswith("*/"):
        rest = f"{rest[:-2]}  "
    return f" #{rest}"
