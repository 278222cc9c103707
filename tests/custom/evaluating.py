"""Conditions over plain values."""

from __future__ import annotations

from imagelint.custom.binding import compiled, parsed
from imagelint.custom.values import Evaluation, Fuel


def evaluated(text: str, **variables: object) -> object:
    """What an expression comes to; its errors are raised."""
    evaluate = compiled(parsed(text, tuple(variables)))
    return evaluate(Evaluation(dict(variables), Fuel()))
