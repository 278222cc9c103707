"""Where a place of an older text is in a newer one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable


def mover(before: str, after: str) -> Callable[[Span], Span | None]:
    """Tells where a span went when a text was changed in one place; None where it was changed."""
    if before == after:
        return lambda span: span
    same = _alike(before, after)
    most = min(len(before), len(after)) - same
    tail = _alike(before[len(before) - most :][::-1], after[len(after) - most :][::-1])
    changed = Span(same, len(before) - tail)
    further = len(after) - len(before)

    def moved(span: Span) -> Span | None:
        if span.end <= changed.start:
            return span
        if span.start >= changed.end:
            return Span(span.start + further, span.end + further)
        return None

    return moved


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike: by halves, as comparing texts is fast."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
