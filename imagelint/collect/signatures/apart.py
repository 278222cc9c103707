"""Whether two signers without keys can be one and the same: an identity that both stand for."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from imagelint.core.environment import Signer

_PART = pattern(r"(?s)\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[^}]*\}|\(\?[^:(]|.")


def are_apart(first: Signer, second: Signer) -> bool:
    """Whether certainly no identity, or no issuer, is one that both signers stand for.

    Of a pattern it is only seen with what all that it stands for begins and ends.
    """
    several = first.pattern, second.pattern
    return _differ(first.identity, second.identity, several) or _differ(
        first.issuer, second.issuer, several
    )


def _differ(first: str, second: str, are_patterns: tuple[bool, bool]) -> bool:
    if not any(are_patterns):
        return first != second
    one, two = map(_ends, (first, second), are_patterns)
    heads = one[0].startswith(two[0]) or two[0].startswith(one[0])
    tails = one[1].endswith(two[1]) or two[1].endswith(one[1])
    return not (heads and tails)


def _ends(text: str, is_pattern: bool) -> tuple[str, str]:  # noqa: FBT001 - of `map`
    """With what all begins, and with what all ends, that a text stands for; in one case."""
    if not is_pattern:
        return text.casefold(), text.casefold()
    pieces = _pieces(text)
    head = "".join(takewhile(bool, pieces))
    tail = "".join(takewhile(bool, reversed(pieces)))
    return head.casefold(), tail[::-1].casefold()


def _pieces(text: str) -> list[str]:
    """The characters of a regular expression; empty for each part that stands for several."""
    found: list[str] = []
    depth = 0
    for part in _PART.findall(text):
        if part.startswith("(?") or (part == "|" and not depth):
            return [""]  # flags, or alternatives
        if part == "(":
            depth += 1
            found.append("")
        elif part == ")":
            depth -= 1
        elif part[0] in "*+?{":
            found[-1:] = [""]
        elif not depth and part not in "^$":
            escaped = part[0] == "\\" and not part[-1].isalnum()
            found.append(part[-1] if escaped or (part[0] not in "\\[.") else "")
    return found
