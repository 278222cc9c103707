from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.finding import Severity
from imagelint.policy.allowances import ALL, NONE, WAYS, Allowances, Claim
from imagelint.policy.trust.acceptance import Terms, objection, refusal
from tests.engine.findings import finding
from tests.policy.policies import ALLOWANCES

TODAY = "2026-03-01"
RULES = st.sampled_from(["root-user", "secret-value", "privileged-container", "unpinned-image"])
CLAIMS = st.builds(
    Claim,
    st.sampled_from([*WAYS]),
    st.dates().map(str),
    st.sampled_from(["", "a", "c"]),
    st.sampled_from(["a", "b/x", "c/c"]),
)
TERMS = st.builds(
    Terms, ALLOWANCES, trusted=st.booleans(), locked=st.just(()) | st.just(("root-user",))
)


def terms(said: Allowances, **rest: object) -> Terms:
    return Terms(said, "org.yaml")._replace(**rest)  # type: ignore[arg-type] # by name


def refused(
    said: Allowances,
    claim: Claim,
    rule: str = "root-user",
    severity: Severity = Severity.HIGH,
    **rest: object,
) -> str:
    return refusal((terms(said, **rest),), claim, finding(rule, severity=severity), TODAY)


@given(st.lists(TERMS, max_size=2), TERMS, CLAIMS, RULES, st.sampled_from(Severity))
def test_terms_of_one_more_only_refuse_more(
    some: list[Terms], more: Terms, claim: Claim, rule: str, severity: Severity
) -> None:
    found = finding(rule, severity=severity)
    if refusal(some, claim, found, TODAY):
        assert refusal([*some, more], claim, found, TODAY)
        assert refusal([more, *some], claim, found, TODAY)


@given(TERMS, CLAIMS, RULES, st.sampled_from(Severity))
def test_what_is_objected_to_is_refused_whatever_is_found(
    some: Terms, claim: Claim, rule: str, severity: Severity
) -> None:
    if objection((some,), claim, (rule,), TODAY):
        assert refusal((some,), claim, finding(rule, severity=severity), TODAY)


@given(TERMS, CLAIMS, RULES)
def test_who_may_allow_the_worst_may_allow_less(some: Terms, claim: Claim, rule: str) -> None:
    severities = sorted(Severity)
    answers = [
        bool(refusal((some,), claim, finding(rule, severity=severity), TODAY))
        for severity in severities
    ]
    assert answers == sorted(answers)


@given(CLAIMS, RULES, st.sampled_from(Severity))
def test_without_terms_everything_is_accepted(claim: Claim, rule: str, severity: Severity) -> None:
    found = finding(rule, severity=severity)
    assert refusal((), claim, found, TODAY) == refusal((Terms(),), claim, found, TODAY) == ""


@pytest.mark.parametrize("way", WAYS)
def test_each_way_has_an_extent_of_its_own(way: str) -> None:
    off = Allowances({way: NONE})
    for other in WAYS:
        assert bool(refused(off, Claim(other))) is (other == way)


def test_the_reason_names_where_it_is_said() -> None:
    said = Allowances({"inline": NONE}, origins={"inline": "org.yaml:4"})
    assert refused(said, Claim("inline")) == "allowances in comments do not count (org.yaml:4)"
    assert refused(Allowances({"inline": NONE}), Claim("inline")).endswith("(org.yaml)")


def test_up_to_a_severity_is_up_to_and_with_it() -> None:
    said = Allowances({"inline": int(Severity.MEDIUM)})
    assert not refused(said, Claim("inline"), severity=Severity.MEDIUM)
    assert refused(said, Claim("inline")).startswith(
        "allowances in comments count up to medium, and this is high"
    )


@pytest.mark.parametrize("rule", ["secret-value", "unsigned-image", "privileged-container"])
def test_a_trusted_policy_that_speaks_of_allowances_never_has_some(rule: str) -> None:
    said = Allowances({"inline": ALL})
    assert refused(said, Claim("inline"), rule, trusted=True) == (
        f"`{rule}` is never allowed (org.yaml)"
    )
    assert not refused(said, Claim("inline"), rule)
    assert not refused(Allowances(), Claim("inline"), rule, trusted=True)
    assert not refused(said._replace(never=()), Claim("inline"), rule, trusted=True)


def test_what_the_tree_loosens_is_never_for_the_tree_to_allow() -> None:
    said = Allowances({"waivers": ALL}, never=())
    assert refused(said, Claim("waivers", TODAY), "policy-weakened", trusted=True)
    assert refused(Allowances(), Claim("waivers", TODAY), "policy-weakened", trusted=True)
    assert not refused(said, Claim("waivers", TODAY), "policy-weakened")


def test_of_a_locked_rule_nothing_counts_that_is_not_said() -> None:
    locked = ("root-user",)
    assert (
        refused(Allowances(), Claim("inline"), locked=locked) == "`root-user` is locked (org.yaml)"
    )
    said = Allowances({"inline": int(Severity.HIGH)})
    assert not refused(said, Claim("inline"), locked=locked)
    assert refused(said, Claim("inline"), severity=Severity.CRITICAL, locked=locked)
    assert refused(said, Claim("waivers"), locked=locked)
    assert not refused(said, Claim("waivers"), "unpinned-image", locked=locked)


@pytest.mark.parametrize(("until", "counts"), [("2026-03-31", True), ("2026-04-01", False)])
def test_a_waiver_may_last_some_days_from_today(until: str, counts: bool) -> None:  # noqa: FBT001 - a parameter of the test
    said = Allowances(waiver_days=30)
    assert bool(refused(said, Claim("waivers", until))) is not counts
    assert not refused(said, Claim("inline", until))


def test_a_waiver_needs_somebody_who_may_approve_it() -> None:
    said = Allowances(approvers=("@example/security", "*@example.com"))
    assert not refused(said, Claim("waivers", TODAY, "@example/security"))
    assert not refused(said, Claim("waivers", TODAY, "jane@example.com"))
    assert "`@example/dev` may not" in refused(said, Claim("waivers", TODAY, "@example/dev"))
    assert "has no `approver`" in refused(said, Claim("waivers", TODAY))
    assert refused(Allowances(approvers=()), Claim("waivers", TODAY, "anybody"))
    assert refused(Allowances(approvers=("*",)), Claim("waivers", TODAY))


@pytest.mark.parametrize("way", ["waivers", "baselines"])
def test_files_tell_which_may_waive(way: str) -> None:
    said = Allowances(files=("security/*.yaml",))
    assert not refused(said, Claim(way, TODAY, origin="security/waivers.yaml"))
    assert "in .imagelint.yaml do not count" in refused(
        said, Claim(way, TODAY, "", ".imagelint.yaml")
    )
    assert refused(said, Claim(way, TODAY, origin="a/security/waivers.yaml"))
    elsewhere = terms(said, place=lambda origin: f"a/{origin}")
    claim = Claim(way, TODAY, origin="security/waivers.yaml")
    assert refusal((elsewhere,), claim, finding(), TODAY)


@pytest.mark.parametrize(
    ("way", "said", "counts"),
    [
        ("exemptions", Allowances(approvers=("a",)), False),
        ("exemptions", Allowances(waiver_days=9), False),
        ("exemptions", Allowances(files=("a",)), False),
        ("exemptions", Allowances({"exemptions": ALL}, approvers=("a",)), True),
        ("exemptions", Allowances({"waivers": NONE}), True),
        ("baselines", Allowances(approvers=("a",)), False),
        ("baselines", Allowances(waiver_days=9), False),
        ("baselines", Allowances(approvers=("a",), files=("a",)), True),
        ("inline", Allowances(approvers=("a",), files=("a",), waiver_days=9), True),
    ],
)
def test_what_waivers_need_is_not_got_round(way: str, said: Allowances, counts: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert bool(refused(said, Claim(way, origin="a"))) is not counts


def test_of_several_rules_all_must_be_objected_to() -> None:
    some = (terms(Allowances(never=("root-user",))),)
    assert not objection(some, Claim("inline"), ("root-user", "unpinned-image"), TODAY)
    assert objection(some, Claim("inline"), ("root-user",), TODAY)
    assert not objection(some, Claim("inline"), (), TODAY)
