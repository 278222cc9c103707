from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.custom.wire import read_message, signed


def test_fields_are_read_in_their_order() -> None:
    data = bytes((0x08, 0x96, 0x01, 0x12, 0x02)) + b"ab" + bytes((0x08, 0x01, 0x1D)) + b"\0\0\0\1"
    assert read_message(data + b"\x21" + b"12345678") == {
        1: [150, 1],
        2: [b"ab"],
        3: [b"\0\0\0\1"],
        4: [b"12345678"],
    }


@pytest.mark.parametrize("data", [b"\x08", b"\x12\x05ab", b"\x0b", b"\x08" + b"\xff" * 11])
def test_what_is_no_message_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"wire type|ends"):
        read_message(data)


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_message(data)
    except ValueError:
        return


def test_numbers_have_signs() -> None:
    assert [signed(1), signed(2**64 - 1), signed(2**63)] == [1, -1, -(2**63)]
