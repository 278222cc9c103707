from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.finding import Severity
from imagelint.core.source import Span
from imagelint.policy.digest import policy_digest, text_digest
from imagelint.policy.model import Policy, RuleSetting, Waiver
from tests.policy.policies import POLICIES

if TYPE_CHECKING:
    from random import Random

WAIVER = Waiver("root-user", "port 80", "2027-01-31")


@given(POLICIES, st.randoms())
def test_neither_order_nor_place_changes_the_digest(policy: Policy, random: Random) -> None:
    rules = list(policy.rules.items())
    waivers = [waiver._replace(origin="elsewhere", span=Span(7, 9)) for waiver in policy.waivers]
    random.shuffle(rules)
    random.shuffle(waivers)
    same = policy._replace(
        name="other", rules=dict(rules), waivers=tuple(waivers), origins={}, sources=(), extends=()
    )
    assert policy_digest(same) == policy_digest(policy)
    assert re.fullmatch("[0-9a-f]{64}", policy_digest(policy))


def test_what_decides_changes_the_digest() -> None:
    base = Policy(rules={"root-user": RuleSetting("on")}, waivers=(WAIVER,))
    others = (
        base._replace(fail_on=Severity.LOW),
        base._replace(rules={"root-user": RuleSetting("off")}),
        base._replace(rules={"root-user": RuleSetting("on", {"a": 1})}),
        base._replace(rules={"root-user": RuleSetting("on", exempt=("x",))}),
        base._replace(waivers=()),
        base._replace(waivers=(WAIVER._replace(until="2027-02-01"),)),
        base._replace(exclude=("a",)),
        base._replace(baseline="a.json"),
        base._replace(environment=base.environment._replace(driver="550")),
    )
    assert len({policy_digest(policy) for policy in (base, *others)}) == len(others) + 1


def test_the_default_said_aloud_is_the_same_policy() -> None:
    assert policy_digest(Policy()) == policy_digest(Policy(fail_on=Severity.HIGH))


def test_the_digest_of_a_text_takes_any_text() -> None:
    assert text_digest("\ud800") != text_digest("a")
