"""Untrusted text made safe to show: no character may act on the terminal that shows it."""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern

# C0, DEL and C1 drive terminals (ECMA-48); U+061C, U+200E/F, U+202A-202E and U+2066-2069 reorder
# what is read (https://trojansource.codes); U+200B, U+2060, U+FEFF and the tag characters hide
# text; U+2028/2029 end lines for some readers; lone surrogates cannot be encoded. `##[` starts a
# command of the GitHub runner anywhere in a line of a log.
UNSAFE = pattern(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]|#(?=#\\[)"
)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LAST_OF_ONE_BYTE = 0xFF
_LAST_OF_TWO_BYTES = 0xFFFF


def escaped(character: str) -> str:
    """A character as the escape that a programmer reads: backslash, `x` or `u`, and its number."""
    named = _NAMED.get(character)
    if named:
        return named
    code = ord(character)
    if code <= _LAST_OF_ONE_BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _LAST_OF_TWO_BYTES else f"\\U{code:08x}"


def visible(text: str) -> str:
    """A text on one line in which everything that could act is an escape."""
    return UNSAFE.sub(lambda match: escaped(match.group()), text)


def visible_lines(text: str) -> str:
    """A text in which everything that could act is an escape, but for the ends of its lines."""
    return UNSAFE.sub(
        lambda match: match.group() if match.group() in "\r\n" else escaped(match.group()), text
    )


def encodable(text: str) -> str:
    """A text that can be written as UTF-8: lone surrogates become U+FFFD."""
    return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text)
