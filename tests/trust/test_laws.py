"""For any trusted policy and any policy of a tree: what is locked is at least as strict."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.environment import Environment
from imagelint.core.finding import Severity
from imagelint.policy.builtin import PACKS
from imagelint.policy.lock import Floor, Lock
from imagelint.policy.model import Policy, merge
from imagelint.policy.trust.covering import covers
from imagelint.policy.trust.enforce import alone, enforce
from imagelint.policy.trust.trusted import TrustedPolicy, trusted
from imagelint.rules import catalog
from tests.policy.policies import FLOORS, LOCKS, POLICIES, SEVERITIES

LOCKING = st.builds(lambda policy, lock: policy._replace(lock=lock), POLICIES, LOCKS)


def resolved(policy: Policy) -> TrustedPolicy:
    return trusted(policy, "ours", ".")


def severity(policy: Policy, rule: str, found: Severity) -> Severity | None:
    """How severe a finding is; None where the rule does not run."""
    if rule not in policy.enabled:
        return None
    setting = policy.setting(rule)
    level = setting.level if isinstance(setting.level, Severity) else found
    return setting.floor.raised(level, found)


@given(LOCKING, POLICIES, SEVERITIES)
def test_what_is_locked_is_at_least_as_severe(above: Policy, tree: Policy, found: Severity) -> None:
    held = resolved(above)
    result = enforce(held, tree)
    for rule, floor in held.locked.rules.items():
        now = severity(result, rule, found)
        assert now is not None
        assert now >= floor.severity
        assert now >= found or not floor.own
        assert result.setting(rule).options == held.policy.setting(rule).options
        assert held.locks(rule)


@given(LOCKING, POLICIES)
def test_what_a_lock_names_is_locked(above: Policy, tree: Policy) -> None:
    held = resolved(above)
    for rule, floor in above.lock.rules.items():
        assert held.locked.rules[rule].joined(floor) == held.locked.rules[rule]
    if above.lock.signers:
        assert {"unsigned-image", "wrong-signer"} <= set(enforce(held, tree).enabled)
    if above.lock.fail_on is not None:
        assert enforce(held, tree).threshold <= above.lock.fail_on
    if above.lock and above.lock.fail_on is None:
        assert enforce(held, tree).threshold <= above.threshold


@given(LOCKING, POLICIES)
def test_the_environment_of_what_is_locked_is_the_trusted_one(above: Policy, tree: Policy) -> None:
    held = resolved(above)
    result, own = enforce(held, tree).environment, held.policy.environment
    for field in held.locked.environment - {"registries"}:
        assert getattr(result, field) == getattr(own, field)
    if "registries" in held.locked.environment:
        assert all(any(covers(one, each) for one in own.registries) for each in result.registries)
        assert bool(result.registries) == bool(own.registries)


@given(LOCKING, POLICIES)
def test_what_the_trusted_policy_allows_is_never_the_tree_s(above: Policy, tree: Policy) -> None:
    result = enforce(resolved(above), tree)
    assert set(result.waivers) == set(tree.waivers)
    assert result.exclude == tree.exclude
    assert result.baseline == tree.baseline
    for rule in result.rules:
        assert result.setting(rule).exempt == tree.setting(rule).exempt
    assert result.trusted is not None
    assert result.trusted.policy.waivers == above.waivers
    assert not result.lock or result.lock == tree.lock


@given(LOCKING)
def test_a_policy_without_more_tries_nothing(above: Policy) -> None:
    held = resolved(above)
    assert enforce(held, Policy()).trusted == held
    assert alone(held).threshold <= above.threshold


@given(LOCKING, POLICIES, POLICIES)
def test_a_further_layer_holds_all_that_those_before_lock(
    above: Policy, middle: Policy, tree: Policy
) -> None:
    first = resolved(above)
    second = trusted(enforce(first, middle), "theirs", ".")
    result = enforce(second, tree)
    for rule, floor in first.locked.rules.items():
        assert second.locked.rules[rule].joined(floor) == second.locked.rules[rule]
        assert rule in result.enabled
    if first.locked.fail_on is not None:
        assert result.threshold <= first.locked.fail_on


@given(LOCKING, POLICIES)
def test_nothing_is_tried_by_what_changes_nothing(above: Policy, tree: Policy) -> None:
    held = resolved(above)
    result = enforce(held, tree)
    assert result.trusted is not None
    loosened = {attempt.subject for attempt in result.trusted.attempts}
    for rule in held.locked.rules:
        setting = tree.setting(rule)
        said = None if setting.origins.get("level") in PACKS else setting.level
        if said == "off":
            assert rule in loosened
        if isinstance(said, Severity) and said < held.locked.rules[rule].severity:
            assert rule in loosened
    own = tree.fail_on if tree.origins.get("fail-on") not in PACKS else None
    if own is not None and own > (held.locked.fail_on or Severity.CRITICAL):
        assert "fail-on" in loosened


@given(FLOORS, FLOORS, FLOORS, SEVERITIES, SEVERITIES)
def test_floors_make_a_lattice(
    a: Floor, b: Floor, c: Floor, level: Severity, found: Severity
) -> None:
    assert a.joined(b) == b.joined(a)
    assert a.joined(b.joined(c)) == a.joined(b).joined(c)
    assert a.joined(Floor()) == a == a.joined(a)
    assert a.joined(b).raised(level, found) == max(a.raised(level, found), b.raised(level, found))


@given(LOCKS, LOCKS, LOCKS)
def test_locks_join(a: Lock, b: Lock, c: Lock) -> None:
    assert a.joined(b).joined(c) == a.joined(b.joined(c))
    assert a.joined(Lock()) == a == Lock().joined(a)


@given(POLICIES, POLICIES)
def test_a_policy_that_locks_nothing_leaves_what_is_said_on_top(
    below: Policy, tree: Policy
) -> None:
    held = resolved(below._replace(lock=Lock(), trusted=None))
    result = enforce(held, tree)
    for rule in tree.rules:
        if catalog.family(rule) != "trust" and tree.setting(rule).level is not None:
            assert result.setting(rule).level == tree.setting(rule).level
    assert result.environment == merge(below, tree).environment or below.environment.trusted_root
    assert isinstance(result.environment, Environment)


@given(POLICIES, POLICIES)
def test_what_is_trusted_says_what_signals_are_worth(above: Policy, tree: Policy) -> None:
    result = enforce(resolved(above), tree).scorecard
    if above.scorecard.fail_under is not None:
        assert result.fail_under == above.scorecard.fail_under
    for name, bounds in above.scorecard.bounds.items():
        assert result.bounds[name].wanted == bounds.wanted
        assert bounds.target in (None, result.bounds[name].target)
