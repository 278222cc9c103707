"""A scorecard for programs, as docs/scorecard.schema.json describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.reporters.scorecard.values import reasons

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.serving.scorecard import Scorecard, Signal

SCHEMA = "imagelint.scorecard/1"


def report(card: Scorecard) -> Iterator[str]:
    """The scorecard as one JSON object; the same scorecard gives the same bytes."""
    yield json.dumps(written(card), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def written(card: Scorecard) -> Mapping[str, object]:
    """The scorecard as data."""
    worst = card.lowest
    return {
        "schema": SCHEMA,
        "tool": {"name": "imagelint", "version": __version__},
        "verdict": {
            "outcome": card.outcome.value,
            "exit_code": int(card.exit_code),
            "reasons": reasons(card),
        },
        "origin": card.origin,
        "image": card.image,
        "read": card.read,
        "engine": card.engine,
        "window": card.window,
        "measured": {"from": card.measured.start or None, "to": card.measured.end or None},
        "fail_under": card.fail_under,
        "lowest": None if worst is None else {"signal": worst.name, "score": worst.score},
        "signals": [_signal(signal) for signal in card.signals],
        "notes": card.notes,
        "problems": [
            {
                "kind": problem.kind.value,
                "origin": problem.origin,
                "detail": problem.detail,
                "help": problem.help,
            }
            for problem in card.problems
        ],
    }


def _signal(signal: Signal) -> Mapping[str, object]:
    return {
        "name": signal.name,
        "title": signal.title,
        "about": signal.about,
        "score": signal.score,
        "value": signal.value,
        "unit": signal.unit,
        "least": signal.least,
        "most": signal.most,
        "target": signal.bounds.target,
        "breach": signal.bounds.breach,
        "source": signal.source,
        "why": signal.why,
        "note": signal.note,
        "points": [[point.time, point.value] for point in signal.points],
    }
