"""Whatever a reader sees of a rule is seen by a case: no word can be changed unnoticed."""

from __future__ import annotations

import pytest

from imagelint.rules import catalog
from tools.mutants import STRICT, try_rule


@pytest.mark.parametrize("name", catalog.names())
def test_no_level_fix_or_text_of_a_rule_can_change_unnoticed(name: str) -> None:
    survivors = try_rule(name, STRICT).survivors
    assert survivors == (), "add cases in which these are said"
