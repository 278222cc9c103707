from __future__ import annotations

import pytest
from hypothesis import given

from imagelint.core.environment import Environment
from imagelint.core.finding import Severity
from imagelint.policy.model import Level, OptionValue, Policy, RuleSetting, merge, merge_all
from tests.policy.policies import LEVELS, POLICIES, RULE_NAMES, SEVERITIES


@given(POLICIES, POLICIES, POLICIES)
def test_merging_is_associative(a: Policy, b: Policy, c: Policy) -> None:
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


@given(POLICIES)
def test_an_empty_policy_is_the_identity(policy: Policy) -> None:
    assert merge(Policy(), policy) == policy
    assert merge(policy, Policy()) == policy


@given(POLICIES)
def test_saying_the_same_again_changes_nothing(policy: Policy) -> None:
    twice = merge(policy, policy)
    assert merge(twice, policy) == twice
    assert (twice.rules.keys(), twice.environment) == (policy.rules.keys(), policy.environment)


@given(POLICIES, RULE_NAMES, LEVELS, SEVERITIES)
def test_what_is_said_later_wins(
    below: Policy, rule: str, level: Severity, fail_on: Severity
) -> None:
    above = Policy(
        "above", fail_on, Environment(driver="1"), {rule: RuleSetting(level, {"pin": "x"})}
    )
    merged = merge(below, above)
    assert (merged.name, merged.fail_on, merged.environment.driver) == ("above", fail_on, "1")
    assert merged.setting(rule).level == level
    assert merged.setting(rule).options["pin"] == "x"


@given(POLICIES, POLICIES)
def test_nothing_that_adds_up_is_lost(below: Policy, above: Policy) -> None:
    merged = merge(below, above)
    assert {*below.waivers, *above.waivers} == set(merged.waivers)
    assert {*below.exclude, *above.exclude} == set(merged.exclude)
    for name in merged.rules:
        exempt = {*below.setting(name).exempt, *above.setting(name).exempt}
        assert exempt == set(merged.setting(name).exempt)


@pytest.mark.parametrize("level", ["on", Severity.CRITICAL])
def test_a_level_that_is_said_later_is_that_of_all_ids(level: Level) -> None:
    said: dict[str, OptionValue] = {"levels": ("hadolint DL3008=info",), "pin": "tag"}
    places = {"levels": "a.yaml:3", "pin": "a.yaml:3"}
    below = RuleSetting(Severity.LOW, said, origins=places)
    rule = "unpinned-system-package"

    def under(above: RuleSetting) -> RuleSetting:
        return merge(Policy(rules={rule: below}), Policy(rules={rule: above})).setting(rule)

    over = under(RuleSetting(level, origins={"level": "--rule"}))
    assert over.options == {"pin": "tag"}
    assert over.origins == {"level": "--rule", "pin": "a.yaml:3"}
    again: dict[str, OptionValue] = {"levels": ("hadolint DL3008=high",)}
    assert under(RuleSetting(level, again)).options == {**said, **again}
    assert under(RuleSetting(exempt=("a",))).options == said


def test_a_rule_that_is_mentioned_runs_unless_it_is_switched_off() -> None:
    rules = {
        "c": RuleSetting(options={"pin": "x"}),
        "b": RuleSetting("off"),
        "a": RuleSetting(Severity.LOW),
    }
    assert Policy(rules=rules).enabled == ("a", "c")


def test_high_fails_unless_something_else_is_said() -> None:
    assert Policy().threshold is Severity.HIGH
    assert Policy(fail_on=Severity.LOW).threshold is Severity.LOW


def test_no_layers_are_an_empty_policy() -> None:
    assert merge_all(()) == Policy()
