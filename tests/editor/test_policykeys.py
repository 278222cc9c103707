"""What may be written in a policy."""

from __future__ import annotations

import pytest

from imagelint.editor.policykeys import choices, meaning


def words(text: str) -> set[str]:
    """What may stand where `|` is."""
    lines = text.split("\n")
    (line,) = [number for number, one in enumerate(lines) if "|" in one]
    column = lines[line].index("|")
    lines[line] = lines[line].replace("|", "")
    return {one.word for one in choices(lines, line, column)}


@pytest.mark.parametrize(
    ("text", "some", "none"),
    [
        ("|", {"extends", "rules", "waivers"}, {"root-user"}),
        ("fail-on: |", {"high", "low"}, {"on", "rules"}),
        ("rules:\n  r|", {"root-user", "unpinned-image"}, {"rules", "dockerfile-latest"}),
        ("rules:\n  root-user: |", {"on", "off", "critical"}, {"level"}),
        ("rules:\n  root-user:\n    |", {"level", "exempt"}, {"root-user"}),
        ("rules:\n  root-user:\n    level: |", {"on", "high"}, {"exempt"}),
        ("waivers:\n  - |", {"rule", "reason", "until"}, {"rules"}),
        ("waivers:\n  - rule: root-user\n    |", {"reason", "until"}, {"rules"}),
        ("rules:\n  root-user: off\n|", {"extends"}, {"root-user"}),
        ("closed: |", {"true", "false"}, {"on"}),
        ("environment:\n  |", {"driver"}, {"rules"}),
        ("unknown:\n  what:\n    |", set(), {"rules"}),
    ],
)
def test_what_may_stand_at_a_place(text: str, some: set[str], none: set[str]) -> None:
    found = words(text)
    assert some <= found
    assert not none & found


def test_a_key_has_the_meaning_of_the_schema() -> None:
    lines = ["fail-on: high", "rules:", "  root-user: off", "", "odd: 1"]
    assert meaning(lines, 0, 3) == "The lowest severity that fails (default: high)."
    assert meaning(lines, 2, 5) == "The container would run as root."
    assert meaning(lines, 2, 14) == meaning(lines, 3, 0) == meaning(lines, 4, 1) == ""
