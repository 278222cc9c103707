"""A scorecard for a comment or the page of a job: markdown, with everything untrusted escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.reporters.scorecard.values import amount, lowest, reasons, remarks, scored
from imagelint.reporters.summary import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.serving.scorecard import Scorecard, Signal


def report(card: Scorecard) -> Iterator[str]:
    """The scorecard as a table, and why it is no pass."""
    yield f"### Scorecard: {card.outcome.value}, lowest {escaped(lowest(card))}\n\n"
    read = ", ".join(part for part in (card.origin, card.engine, card.window) if part)
    yield f"Read from {escaped(read)}.\n\n"
    if card.signals and card.is_read:
        yield "| Score | Signal | Value | Target | Breach | Remarks |\n|---|---|---|---|---|---|\n"
    for signal in card.signals if card.is_read else ():
        yield f"| {' | '.join(map(escaped, _cells(signal)))} |\n"
    if reasons(card):
        yield "\n"
    for reason in reasons(card):
        yield f"- {escaped(reason)}\n"
    for note in card.notes:
        yield f"\n{escaped(note)}\n"


def _cells(signal: Signal) -> tuple[str, ...]:
    bounds = signal.bounds
    values = (amount(each, signal.unit) for each in (signal.value, bounds.target, bounds.breach))
    return (scored(signal), signal.title, *values, remarks(signal))
