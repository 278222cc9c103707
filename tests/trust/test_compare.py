"""What one policy says less strictly than another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from imagelint.core.source import Source
from imagelint.policy.load import load_policy
from imagelint.policy.trust.compare import weakened
from tests.policy.policies import POLICIES

if TYPE_CHECKING:
    from imagelint.policy.model import Policy

SIGNERS = "environment: {signers: [{name: a, key: a.pub}]}"
REGISTRIES = "environment: {registries: [registry.example.com/llm]}"
# Before, after, and what is said of it, at which line.
CHANGES = [
    ("rules: {a: on}", "", "`a` is off, it was on", 0),
    ("rules: {a: on}", "\nrules: {a: off}", "`a` is off, it was on", 2),
    ("rules: {a: high}", "rules: {a: on}", "`a` is low, it was high", 1),
    ("rules: {a: on}", "rules: {a: info}", "`a` is info, it was low", 1),
    ("fail-on: low", "", "`fail-on` is high, it was low", 0),
    ("rules: {a: on}", "rules:\n  a: {exempt: [b, c]}", "more exemptions: `b`, `c`", 2),
    (
        "rules: {healthcheck-start-period: {seconds: 900}}",
        "rules: {healthcheck-start-period: {seconds: 1}}",
        "`seconds` of `healthcheck-start-period` is another",
        1,
    ),
    ("exclude: [a]", "exclude: [a, b]", "`exclude` has more: `b`", 1),
    (
        "",
        "exclude: [a, b, c, d, e, f, g]",
        "`exclude` has more: `a`, `b`, `c`, `d`, `e` and 2 more",
        1,
    ),
    ("", "baseline: b.json", "the baseline is `b.json`, it was `none`", 1),
    ("environment: {driver: '550'}", "", "`driver` is no longer declared", 0),
    ("environment: {driver: '550'}", "environment: {driver: '999'}", "`driver` is another", 1),
    (SIGNERS, "", "`signers` is no longer declared", 0),
    (SIGNERS, SIGNERS.replace("a.pub", "b.pub"), "other signers may sign: `a`", 1),
    (REGISTRIES, "", "`registries` is no longer declared", 0),
    (REGISTRIES, "environment: {registries: ['*']}", "`registries` has more: `*`", 1),
    ("images: {a: b}", "", "`images` says another", 0),
    ("images: {a: b}", "images: {a: c}", "`images` says another", 1),
    ("", "environment: {build-contexts: [a]}", "`build-contexts` has more: `a`", 1),
    ("lock: {rules: {a: on}}", "lock: {rules: {a: high}}", "`lock` holds less: `a`", 1),
    ("lock: {packs: [strict]}", "lock: {signers: true}", "`lock` holds less: `strict`", 1),
    ("lock: {fail-on: low}", "lock: {fail-on: high}", "`lock` holds less: `fail-on`", 1),
    ("lock: {signers: true}", "", "`lock` holds less: `signers`", 0),
    ("", "push: {verdict-hours: 25}", "`push` lets older verdicts count", 1),
    ("push: {verdict-hours: 2}", "", "`push` lets older verdicts count", 0),
    (
        "verification-summary: {levels: [A_1], verifier: 'https://a'}",
        "verification-summary: {levels: [A_1, A_2], verifier: 'https://a'}",
        "`verification-summary` claims more, or by another name",
        1,
    ),
    (
        "verification-summary: {levels: [A_1], verifier: 'https://a'}",
        "verification-summary: {levels: [A_1], verifier: 'https://b'}",
        "`verification-summary` claims more, or by another name",
        1,
    ),
    ("", "push: {other-policy-hours: 1}", "`push` lets older verdicts count", 1),
    ("allowed: 0", "allowed: 1", "`allowed` is 1, it was 0", 1),
    ("allowed: 0", "", "`allowed` is not limited, it was 0", 0),
    (
        "allowances: {inline: off}",
        "allowances: {inline: up-to low}",
        "`inline` of `allowances` lets more count",
        1,
    ),
    (
        "allowances: {waiver-days: 9}",
        "allowances: {waiver-days: 10}",
        "`waiver-days` of `allowances` lets more count",
        1,
    ),
    ("allowances: {foreign: on}", "", "`never` of `allowances` lets more count", 0),
    ("allowances: {approvers: [a]}", "allowances: {approvers: [a, b]}", "`approvers` of", 1),
    ("allowances: {never: [secrets]}", "", "`never` of `allowances` lets more count", 0),
]
WAIVER = "waivers: [{rule: a, reason: b, until: 2027-01-01}]"
SAME = [
    ("rules: {a: low}", "rules: {a: on}"),
    ("rules: {a: on}", "rules: {a: critical}"),
    ("rules: {a: off}", "rules: {a: on}"),
    ("rules: {unpinned-image: {pin: tag}}", "rules: {unpinned-image: {pin: digest}}"),
    (
        "rules: {vulnerable-package: {epss: 0.5, ignore-unfixed: true}}",
        "extends: [recommended]\nrules: {vulnerable-package: {epss: 0, ignore-paths: []}}",
    ),
    ("fail-on: high", "fail-on: low"),
    ("exclude: [a, b]", "exclude: [b]"),
    ("baseline: b.json", ""),
    ("environment: {}", SIGNERS),
    ("environment: {}", REGISTRIES),
    (REGISTRIES, REGISTRIES.replace("llm", "llm/*")),
    ("", "environment: {driver: '550'}"),
    ("", "images: {a: b}"),
    ("lock: {rules: {a: on}}", "lock: {rules: {a: on, b: high}}"),
    (WAIVER, ""),
    (WAIVER, WAIVER.replace("reason: b", "reason: c")),
    (WAIVER, WAIVER.replace("2027", "2026")),
    ("allowed: 1", "allowed: 0"),
    ("allowances: {inline: up-to low}", "allowances: {inline: off, files: [a]}"),
]


def policy(text: str) -> Policy:
    for letter, name in (("a", "missing-healthcheck"), ("b", "apt-recommends")):
        for form in ("{%s:", "  %s:", "rule: %s,", ", %s:"):
            text = text.replace(form % letter, form % name)
    source = Source("p.yaml", f"{text}\n")

    def read(_origin: str) -> Source:
        raise OSError

    return load_policy(source, read, default=())


@pytest.mark.parametrize(("before", "after", "said", "line"), CHANGES)
def test_what_is_weaker_is_said(before: str, after: str, said: str, line: int) -> None:
    (attempt,) = weakened(policy(before), policy(after))
    assert said.replace("`a`", "`missing-healthcheck`") in attempt.said or said in attempt.said
    assert attempt.at == (f"p.yaml:{line}" if line else "")
    assert attempt.holder == ""
    assert attempt.subject


@pytest.mark.parametrize(("before", "after"), SAME)
def test_what_is_as_strict_is_not(before: str, after: str) -> None:
    assert weakened(policy(before), policy(after)) == ()


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (WAIVER, "`missing-healthcheck` is waived until 2027-01-01"),
        (WAIVER.replace("2027", "2028"), "is waived until 2028-01-01, it was until 2027-01-01"),
        (WAIVER.replace("reason", "where: x, reason"), "is waived until 2027-01-01"),
    ],
)
def test_waivers_that_are_new_or_longer_are_said(after: str, said: str) -> None:
    before = policy(WAIVER if "2028" in after or "where" in after else "")
    (attempt,) = weakened(before, policy(after))
    assert said in attempt.said
    assert attempt.span is not None
    assert attempt.at == "p.yaml"


@given(POLICIES)
def test_a_policy_is_no_weaker_than_itself(given_policy: Policy) -> None:
    assert weakened(given_policy, given_policy) == ()
