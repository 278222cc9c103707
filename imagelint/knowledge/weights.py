"""How many bytes a model's weights take."""

from __future__ import annotations

import re
from functools import cache

from imagelint.knowledge.models import model_name, native_bytes, parameters_of
from imagelint.knowledge.tables import table

_FULL_PRECISION = ("float32", "float", "fp32")
_FOUR, _TWO = 4.0, 2.0


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], float], ...]:
    return tuple(
        (re.compile(rf"(?<![a-z0-9])(?:{row['pattern']})(?![a-z0-9])"), float(row["bytes"]))
        for row in table("weights")["names"]
    )


def bytes_of_name(model: str) -> float | None:
    """Bytes per weight that a model's name speaks of; 0.0 for a format whose size is unknown.

    None when the name says nothing about a format.
    """
    name = model_name(model).lower()
    for pattern, size in _patterns():
        if pattern.search(name):
            return size
    return None


def bytes_per_weight(
    model: str, quantization: str | None = None, dtype: str | None = None
) -> float | None:
    """Bytes per weight in GPU memory, scales included; None when it is not known.

    A format in the name is the checkpoint's own and wins over the flag: a flag can quantise a plain
    checkpoint while it is loaded. `quantization` and `dtype` are the values of the flags, None
    where nothing is set.
    """
    named = bytes_of_name(model)
    if named is not None and named != _TWO:
        return named or None
    if quantization:
        known = table("weights")["flags"].get(quantization.lower())
        return float(known) if isinstance(known, int | float) else None
    native = native_bytes(model)
    if native is not None and named is None:
        return native
    return _FOUR if dtype in _FULL_PRECISION else _TWO


def weights_gb(
    model: str, quantization: str | None = None, dtype: str | None = None
) -> float | None:
    """Size of all weights in GB of 1e9 bytes, to a megabyte; None when it cannot be told."""
    parameters = parameters_of(model)
    size = bytes_per_weight(model, quantization, dtype)
    return None if parameters is None or size is None else round(parameters * size, 3)
