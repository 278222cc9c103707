"""Bytes that are written as text."""

from __future__ import annotations

import base64
import binascii


def decoded(text: str) -> bytes | None:
    """What a text in base64 stands for; None where it is none.

    Line breaks are skipped as Go does, which signs and reads what this is used for.
    """
    try:
        return base64.b64decode("".join(text.splitlines()), validate=True)
    except (binascii.Error, ValueError):
        return None
