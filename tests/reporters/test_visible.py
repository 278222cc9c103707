from __future__ import annotations

import pytest

from imagelint.reporters.visible import encodable, visible, visible_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a b", "a b"),
        ("\x1b[0m", "\\x1b[0m"),
        ("\x9b\x7f\x00", "\\x9b\\x7f\\x00"),
        ("a\tb\r\n", "a\\tb\\r\\n"),
        ("\u202ex\u2066\u200f", "\\u202ex\\u2066\\u200f"),
        ("\ufeff\u2028", "\\ufeff\\u2028"),
        ("\U000e0041", "\\U000e0041"),
        ("\udc80", "\\udc80"),
        ("##[error]", "\\x23#[error]"),
        ("# #[x]", "# #[x]"),
        ("漢 é 🙂", "漢 é 🙂"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_visible_lines_keeps_line_ends() -> None:
    assert visible_lines("a\r\n\x1bb") == "a\r\n\\x1bb"


def test_encodable() -> None:
    assert encodable("a\udc80\ud800b") == "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}b"
