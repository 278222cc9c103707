"""Values of signals as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagelint.core.serving.scorecard import Scorecard, Signal

_MILLISECONDS = 1000
UNKNOWN = "could not tell"


def amount(value: float | None, unit: str) -> str:
    """A value with its unit; empty for none."""
    if value is None:
        return ""
    if unit == "s":
        short = abs(value) < 1
        return f"{value * _MILLISECONDS:.4g} ms" if short else f"{value:.4g} s"
    if unit == "share":
        return f"{value * 100:.4g} %"
    return f"{value:.4g}"


def scored(signal: Signal) -> str:
    """The score of a signal: `0.85`, or that nothing can be told."""
    return UNKNOWN if signal.score is None else f"{signal.score:.2f}"


def edges(signal: Signal) -> str:
    """Between what a value lies that was read from a bucket; empty where it is exact."""
    if signal.least is None or signal.most is None:
        return ""
    return f"between {amount(signal.least, signal.unit)} and {amount(signal.most, signal.unit)}"


def remarks(signal: Signal) -> str:
    """What else there is to say about a signal."""
    said = (signal.why, edges(signal) if signal.score is not None else "", signal.note)
    return "; ".join(part for part in said if part)


def lowest(card: Scorecard) -> str:
    """The worst signal in words."""
    worst = card.lowest
    return f"{scored(worst)} ({worst.title})" if worst else UNKNOWN


def reasons(card: Scorecard) -> list[str]:
    """Why the scorecard is no pass."""
    said = [f"{one.title}: {scored(one)}" for one in card.failing]
    if card.is_read:
        said += [f"{one.title}: {UNKNOWN}" for one in card.unknown]
    said += [problem.detail for problem in card.problems]
    return said or ([] if card.signals else ["no signal is asked for"])
