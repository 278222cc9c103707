"""Numbers as people read them."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_STEP = 1000
_PRECISE = 100


def in_bytes(count: float) -> str:
    """Bytes in the decimal units of registries: `12.3 GB`."""
    unit = 0
    while count >= _STEP and unit < len(_UNITS) - 1:
        count /= _STEP
        unit += 1
    number = f"{count:.1f}" if unit and count < _PRECISE else f"{count:.0f}"
    return f"{number} {_UNITS[unit]}"


def counted(number: int, noun: str) -> str:
    """`1 image`, `1,200 images`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
