"""What rules say, word for word, and how packs level them: reviewed as a diff of golden files."""

from __future__ import annotations

import re

import pytest

from imagelint.rules import catalog
from tests.rules.golden import CASES, PACK_LEVELS, section, written_packs

HINT = "run `make golden` and review the diff of testdata/golden/"


def sections() -> dict[str, str]:
    """The golden file about cases, by rule."""
    text = CASES.read_text(encoding="utf-8")
    parts = re.split(r"^(?=# )", text, flags=re.MULTILINE)[1:]
    return {part.split()[1]: part.rstrip("\n") + "\n" for part in parts}


@pytest.mark.parametrize("name", catalog.names())
def test_a_rule_says_what_the_golden_file_holds(name: str) -> None:
    assert section(name) == sections().get(name, ""), HINT


def test_the_golden_file_is_about_all_rules_and_no_others() -> None:
    assert tuple(sections()) == catalog.names(), HINT


def test_packs_level_the_rules_as_the_golden_file_holds() -> None:
    assert written_packs() == PACK_LEVELS.read_text(encoding="utf-8"), HINT
