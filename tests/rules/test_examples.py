from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.rules.documentation import Example, read_documentation
from tests.rules.examples import all_rules, environment, judge

if TYPE_CHECKING:
    from imagelint.rules.api import Rule

EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.name}-{'bad' if example.bad else 'good'}-{number}")
    for rule in all_rules()
    for number, example in enumerate(read_documentation(rule.doc).examples)
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_bad_fires_and_good_is_silent(rule: Rule, example: Example) -> None:
    findings = judge([rule.name], dict(example.files), environment(example.declared))
    assert bool(findings) == example.bad, findings


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_every_rule_shows_what_is_bad_and_what_is_good(rule: Rule) -> None:
    shown = {example.bad for example in read_documentation(rule.doc).examples}
    assert shown == {True, False}
