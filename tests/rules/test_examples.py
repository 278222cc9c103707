from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.rules.examples import Example, all_rules, examples, judge

if TYPE_CHECKING:
    from imagelint.rules.api import Rule

EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.name}-{'bad' if example.bad else 'good'}-{number}")
    for rule in all_rules()
    for number, example in enumerate(examples(rule.doc))
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_bad_fires_and_good_is_silent(rule: Rule, example: Example) -> None:
    findings = judge([rule.name], example.files, example.environment)
    assert bool(findings) == example.bad, findings


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_every_rule_shows_what_is_bad_and_what_is_good(rule: Rule) -> None:
    shown = {example.bad for example in examples(rule.doc)}
    assert shown == {True, False}
