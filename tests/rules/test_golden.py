"""What rules say, word for word, and how packs level them: reviewed as a diff of golden files."""

from __future__ import annotations

import pytest

from imagelint.rules import catalog
from tests.rules.golden import (
    FIXES,
    PACK_LEVELS,
    RULES,
    golden_file,
    section,
    written_fixes,
    written_packs,
)

HINT = "run `make golden` and review the diff of testdata/golden/"


@pytest.mark.parametrize("name", catalog.names())
def test_a_rule_says_what_its_golden_file_holds(name: str) -> None:
    assert golden_file(name).exists(), HINT
    assert section(name) == golden_file(name).read_text(encoding="utf-8"), HINT


def test_nothing_crashes_in_a_golden_file() -> None:
    texts = {each.stem: each.read_text(encoding="utf-8") for each in RULES.rglob("*.txt")}
    assert [name for name, text in texts.items() if "rule-crashed" in text] == []


def test_the_golden_files_are_about_all_rules_and_no_others() -> None:
    assert set(RULES.rglob("*.txt")) == set(map(golden_file, catalog.names())), HINT


def test_the_page_about_fixes_lists_the_rules_that_have_one() -> None:
    assert FIXES.read_text(encoding="utf-8") == written_fixes(), HINT


def test_packs_level_the_rules_as_the_golden_file_holds() -> None:
    assert written_packs() == PACK_LEVELS.read_text(encoding="utf-8"), HINT
