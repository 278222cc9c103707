"""The wire format of Protocol Buffers, as far as an expression needs it.

https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from typing import TypeAlias

Value: TypeAlias = "int | bytes"
Message: TypeAlias = "dict[int, list[Value]]"

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_WIDTHS = {_FIXED64: 8, _FIXED32: 4}


def read_message(data: bytes) -> Message:
    """The values of each field in the order in which they stand.

    Raises:
        ValueError: it is no message.
    """
    found: Message = {}
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        field, kind = tag >> 3, tag & 7
        value: Value
        if kind == _VARINT:
            value, at = _varint(data, at)
        elif kind == _BYTES:
            size, at = _varint(data, at)
            value, at = _slice(data, at, size)
        elif kind in _WIDTHS:
            value, at = _slice(data, at, _WIDTHS[kind])
        else:
            raise ValueError(f"no wire type {kind}")
        found.setdefault(field, []).append(value)
    return found


def signed(value: int) -> int:
    """A 64-bit number as the signed one that it stands for."""
    return value - (1 << 64) if value >> 63 else value


def _slice(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    if at + size > len(data):
        raise ValueError("it ends too early")
    return data[at : at + size], at + size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:  # noqa: PLR2004 - bits of the longest number
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the last byte of a number
            return value, at
        shift += 7
    raise ValueError("it ends within a number")
