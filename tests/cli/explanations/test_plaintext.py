from __future__ import annotations

import pytest

from imagelint.cli.explanations.plaintext import plain


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("## A heading", "A heading"),
        ("named in `# syntax=` and behind", "named in # syntax= and behind"),
        ("**`FROM`** is it", "FROM is it"),
        ("```\n# a comment\n\n```", "    # a comment\n"),
    ],
)
def test_only_marks_are_taken_away(written: str, shown: str) -> None:
    assert "\n".join(plain([written])) == shown
