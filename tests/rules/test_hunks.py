from __future__ import annotations

import pytest

from tests.rules.hunks import changed

TEXT = "a\nb\n  c\nb\n"


@pytest.mark.parametrize(
    ("patch", "text"),
    [
        (["-b", "+x", "+y"], "a\nx\ny\n  c\nb\n"),
        (["   c", "+x"], "a\nb\n  c\nx\nb\n"),
        (["   c", "-b"], "a\nb\n  c\n"),
        (["-a", "+x", "-b", "+y", "-b", "+z"], "x\ny\n  c\nz\n"),
        (["-a", "-b", "-  c", "-b"], ""),
    ],
)
def test_lines_are_taken_away_and_put_there(patch: list[str], text: str) -> None:
    assert changed(TEXT, patch) == text


def test_a_file_that_is_not_there_is_made() -> None:
    assert changed("", ["+a", "+b"]) == "a\nb\n"


@pytest.mark.parametrize(
    ("patch", "complaint"),
    [
        (["-x"], "not there"),
        (["-  c", "+x", "-a"], "behind the last"),
        (["+x"], "a change of nothing"),
        (["*a"], "begins with no mark"),
    ],
)
def test_what_a_text_has_not_got_cannot_be_changed(patch: list[str], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        changed(TEXT, patch)
