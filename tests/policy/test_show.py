from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from imagelint.core.source import Source
from imagelint.policy.build import layer
from imagelint.policy.digest import policy_digest
from imagelint.policy.load import default_policy, load_policy
from imagelint.policy.model import Policy, RuleSetting, merge
from imagelint.policy.show import ShownLine, aligned, show
from imagelint.policy.text import read_text
from tests.policy.policies import POLICIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.policy.text import Data, PolicyText


def read(_origin: str) -> Source:
    raise OSError("nothing is there")


@given(POLICIES)
def test_what_is_shown_is_the_policy(policy: Policy) -> None:
    text = aligned(show(policy))
    data = read_text(Source("shown.yaml", text)).data
    assert isinstance(data, dict)
    again = layer(data, read_text(Source("shown.yaml", text)), "shown.yaml")
    # A level that nobody named is shown as what it means.
    rules = {
        name: setting if setting.level is not None else setting._replace(level="on")
        for name, setting in policy.rules.items()
    }
    assert policy_digest(again) == policy_digest(policy._replace(rules=rules))
    assert again.name == policy.name


def test_each_line_tells_its_origin() -> None:
    text = "name: mine\nfail-on: low\nextends: [baseline]\nrules:\n  root-user: critical\n"
    shown = show(load_policy(Source("a.yaml", text), read, _Everything()))
    assert ShownLine('name: "mine"', "a.yaml:1") in shown
    assert ShownLine("extends: []", "merged from baseline") in shown
    assert ShownLine("fail-on: low", "a.yaml:2") in shown
    assert ShownLine("  root-user: critical", "a.yaml:5") in shown
    assert ShownLine("  secret-value: on", "baseline") in shown


def test_an_option_that_is_null_is_shown_as_null() -> None:
    policy = Policy(rules={"root-user": RuleSetting("on", {"limit": None})})
    assert ShownLine("    limit: null") in show(policy)


def test_the_default_is_said_to_be_the_default() -> None:
    assert ShownLine("fail-on: high", "default") in show(Policy())
    assert "fail-on: high" in aligned(show(default_policy()))


@pytest.mark.usefixtures("three_rules")
def test_what_is_shown_is_a_valid_policy() -> None:
    folder = Path(__file__).parents[2] / "testdata" / "policies" / "valid"
    source = Source("a.yaml", (folder / "everything.yaml").read_text(encoding="utf-8"))
    below, above = default_policy(), layer(*_said(source), "a.yaml")
    policy = merge(below._replace(rules={}), above)
    again = load_policy(Source("shown.yaml", aligned(show(policy))), read)
    assert policy_digest(again) == policy_digest(policy)


def _said(source: Source) -> tuple[Mapping[str, Data], PolicyText]:
    text = read_text(source)
    assert isinstance(text.data, dict)
    return text.data, text


class _Everything:
    def __contains__(self, digest: str) -> bool:
        return True

    def add(self, digest: str) -> None:
        raise AssertionError(digest)
