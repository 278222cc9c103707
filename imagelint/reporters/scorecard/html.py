"""A scorecard as a page that loads nothing: a table, and a picture of each signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.reporters.html.page import Page, render
from imagelint.reporters.scorecard.plot import HEIGHT, WIDTH, plot
from imagelint.reporters.scorecard.values import amount, lowest, reasons, remarks, scored
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.serving.scorecard import Scorecard, Signal

_HALF = 0.5


def report(card: Scorecard) -> Iterator[str]:
    """The whole page; the same scorecard gives the same bytes."""
    read = [part for part in (card.origin, card.engine, card.window) if part]
    words = {
        "title": f"Scorecard: {visible(card.origin)}",
        "version": __version__,
        "outcome": card.outcome.value,
        "lowest": visible(lowest(card)),
        "read": visible(", ".join(read)),
        "reasons": [visible(reason) for reason in reasons(card)],
        "notes": [visible(note) for note in card.notes],
        "signals": [_signal(signal) for signal in card.signals] if card.is_read else [],
        "problems": [
            {
                "kind": problem.kind.value,
                "origin": visible(problem.origin),
                "detail": visible(problem.detail),
                "help": visible(problem.help),
            }
            for problem in card.problems
        ],
        "width": WIDTH,
        "height": HEIGHT,
    }
    yield from render(Page("scorecard.html", words, (), {}, {}, libraries=()))


def _signal(signal: Signal) -> Mapping[str, object]:
    bounds = signal.bounds
    return {
        "name": signal.name,
        "title": visible(signal.title),
        "about": signal.about,
        "score": scored(signal),
        "level": _level(signal.score),
        "value": amount(signal.value, signal.unit),
        "target": amount(bounds.target, signal.unit),
        "breach": amount(bounds.breach, signal.unit),
        "source": visible(signal.source),
        "remarks": visible(remarks(signal)),
        "plot": plot(signal),
    }


def _level(score: float | None) -> str:
    """How a score is coloured, in the words of severities."""
    if score is None:
        return "info"
    if score <= 0:
        return "critical"
    return "high" if score < _HALF else "medium" if score < 1 else "low"
