"""A scorecard for people: a line a signal, the worst one below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.reporters.scorecard.values import amount, lowest, reasons, remarks, scored
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.serving.scorecard import Scorecard, Signal

_HEAD = ("score", "signal", "value", "target", "breach", "read from")


def report(card: Scorecard) -> Iterator[str]:
    """The scorecard, a line a chunk; no table where nothing could be read."""
    if card.is_read:
        yield from _table(card)
        yield "\n"
    for problem in card.problems:
        yield f"problem  {visible(problem.origin)}: {visible(problem.detail)}\n"
        if problem.help:
            yield f"         help: {visible(problem.help)}\n"
    for note in card.notes:
        yield f"note     {visible(note)}\n"
    yield f"read     {visible(_read(card))}\n"
    yield f"lowest   {lowest(card)}\n"
    yield f"verdict  {card.outcome.value}\n"
    for reason in reasons(card):
        yield f"         - {visible(reason)}\n"


def _table(card: Scorecard) -> Iterator[str]:
    rows = [_HEAD, *map(_row, card.signals)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
    for row, signal in zip(rows, (None, *card.signals), strict=True):
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"{'  '.join(cells).rstrip()}\n"
        if signal and (said := remarks(signal)):
            yield f"{'':{widths[0]}}  {visible(said)}\n"


def _read(card: Scorecard) -> str:
    return ", ".join(part for part in (card.origin, card.engine, card.window) if part)


def _row(signal: Signal) -> tuple[str, ...]:
    target, breach = signal.bounds.target, signal.bounds.breach
    values = (amount(each, signal.unit) for each in (signal.value, target, breach))
    return (scored(signal), visible(signal.title), *values, visible(signal.source))
