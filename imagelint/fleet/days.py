"""Days and moments as the store writes them: ISO texts in UTC, which sort as they pass."""

from __future__ import annotations

from datetime import date, timedelta

_DAY = 10


def days_before(moment: str, days: int) -> str:
    """The day that many days before a moment, or the first or last that a date can be."""
    try:
        return (date.fromisoformat(moment[:_DAY]) - timedelta(days)).isoformat()
    except OverflowError:
        return (date.min if days > 0 else date.max).isoformat()


def age_in_days(then: str, now: str) -> int | None:
    """How many days passed between two moments; None where one is no date, or means none.

    What was built reproducibly says 1970 or earlier than containers: it is not old.
    """
    try:
        began, ends = date.fromisoformat(then[:_DAY]), date.fromisoformat(now[:_DAY])
    except ValueError:
        return None
    return max((ends - began).days, 0) if began.year >= _FIRST_YEAR else None


_FIRST_YEAR = 2010
