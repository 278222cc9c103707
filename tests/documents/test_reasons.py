from __future__ import annotations

import pytest

from imagelint.documents.base import stated_reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [(" a b ", "a b"), ("#123", "#123"), ("日本", "日本"), (None, ""), (" \u00a0", "")],
)
def test_a_reason_is_what_somebody_said(text: str | None, reason: str) -> None:
    assert stated_reason(text) == reason


@pytest.mark.parametrize("text", ["\u200b", "...", "—", "\ufeff\u2060", "--"])
def test_what_says_nothing_is_no_reason(text: str) -> None:
    assert not stated_reason(text)
