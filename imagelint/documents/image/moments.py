"""Moments as they are written in statements."""

from __future__ import annotations

_DAY = 86_400.0
_SLACK_SECONDS = 300.0
"""How much clocks may differ before something is made in the future."""


def days_since(text: str, now: float) -> float | None:
    """How many days ago a moment of RFC 3339 was, from `now` in seconds since 1970.

    None where the text is no moment, or does not say in which time zone.
    """
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    seconds = now - moment.timestamp()
    return 0.0 if -_SLACK_SECONDS <= seconds < 0 else seconds / _DAY
