"""How many bytes a model's weights take."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from imagelint.knowledge.models import (
    is_library_tag,
    model_name,
    native_bytes,
    parameters_of,
)
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping

_FULL_PRECISION = ("float32", "float", "fp32")
_FOUR, _TWO = 4.0, 2.0


@looked_up
def _patterns() -> tuple[tuple[re.Pattern[str], float], ...]:
    return tuple(
        (re.compile(rf"(?<![a-z0-9])(?:{row['pattern']})(?![a-z0-9])"), float(row["bytes"]))
        for row in table("weights")["names"]
    )


@looked_up
def bytes_of_name(model: str) -> float | None:
    """Bytes per weight that a model's name speaks of; 0.0 for a format whose size is unknown.

    None when the name says nothing about a format.
    """
    name = model_name(model).lower()
    for pattern, size in _patterns():
        if pattern.search(name):
            return size
    return _of_library(model) if is_library_tag(model) else None


def _of_library(model: str) -> float:
    """Bytes per weight of what a library has under a tag that names no format."""
    row = table("weights")["library"]
    elsewhere = any(model.endswith(f"{sign}{one}") for one in row["elsewhere"] for sign in ":-")
    size = parameters_of(model) or 0
    return 0.0 if elsewhere or size < row["fewest_billions"] else row["bytes"]


def is_surely_plain(model: str) -> bool:
    """Whether the name of a repository tells by its silence that it is neither AWQ nor GPTQ."""
    owner, slash, _ = model.partition("/")
    known = owner in table("weights")["owners"]["naming"]
    return known and bool(slash) and bytes_of_name(model) is None


def checkpoint_bytes(model: str, quantization: str | None = None) -> float | None:
    """Bytes per weight of what lies on the hub or on the disk; None when it is not known.

    `quantization` is the value of a flag that names the checkpoint's format; a format in the name
    wins over it. Weights that are quantised while they are loaded are whole before.
    """
    named = bytes_of_name(model)
    if named is not None and (named != _TWO or not quantization):
        return named or None
    if quantization:
        known = table("weights")["flags"].get(quantization.lower())
        return float(known) if isinstance(known, int | float) else None
    return native_bytes(model) or _TWO


def bytes_per_weight(
    model: str,
    quantization: str | None = None,
    dtype: str | None = None,
    loaded: Mapping[str, float] = MappingProxyType({}),
) -> float | None:
    """Bytes per weight in GPU memory, scales included; None when it is not known.

    A format in the name is the checkpoint's own and wins over the flag: a flag can quantise a plain
    checkpoint while it is loaded. `quantization` and `dtype` are the values of the flags, None
    where nothing is set; `loaded` are the bytes by which the engine quantises while it loads.
    """
    named = bytes_of_name(model)
    if named is not None and named != _TWO:
        return named or None
    if quantization:
        return loaded.get(quantization.lower()) or checkpoint_bytes(model, quantization)
    native = native_bytes(model)
    if native is not None and named is None:
        return native
    return _FOUR if dtype in _FULL_PRECISION else _TWO


def gigabytes(model: str, size: float | None) -> float | None:
    """All weights of so many bytes each, in GB of 1e9 bytes, to a megabyte."""
    parameters = parameters_of(model)
    return None if parameters is None or size is None else round(parameters * size, 3)
