from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from imagelint.core.errors import PolicyError
from imagelint.core.finding import Confidence, Severity
from imagelint.core.source import Source
from imagelint.custom.definition import CustomRule, Sample
from imagelint.policy.digest import policy_digest
from imagelint.policy.load import load_policy
from imagelint.policy.lock import Permissions
from imagelint.policy.model import Policy, merge

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = """\
custom-rules:
  - name: acme.user
    subject: stage
    condition: stage.final && stage.user == "root"
    at: stage.user
    message: "runs as {{ stage.user }}"
    summary: The image runs as root.
    why: Since we say so.
    help: name another user
    severity: high
    confidence: likely
    references: [ACME-7]
    bad:
      - |
        FROM alpine
        USER root
    good:
      - Dockerfile: "FROM alpine"
        .dockerignore: "*"
plugins: [acme_rules]
permit: {custom-rules: true, plugins: [others]}
"""


BAD = (("", "FROM alpine\nUSER root\n"),)
GOOD = (("Dockerfile", "FROM alpine"), (".dockerignore", "*"))


def load(text: str, **others: str) -> Policy:
    files = {f"{name}.yaml": other for name, other in others.items()}
    return load_policy(Source("p.yaml", text), lambda name: Source(name, files[name]))


def complaints(text: str, **others: str) -> list[tuple[str, str, str]]:
    with pytest.raises(PolicyError) as error:
        load(text, **others)
    return [(each.message, each.at, each.help) for each in error.value.complaints]


def test_a_policy_holds_rules_plugins_and_what_it_permits() -> None:
    policy = load(FULL)
    assert policy.custom == {
        "acme.user": CustomRule(
            "acme.user",
            "stage",
            'stage.final && stage.user == "root"',
            "runs as {{ stage.user }}",
            "stage.user",
            "The image runs as root.",
            "Since we say so.",
            "name another user",
            Severity.HIGH,
            Confidence.LIKELY,
            ("ACME-7",),
            (
                Sample(bad=True, files=BAD, origin="p.yaml:14"),
                Sample(bad=False, files=GOOD, origin="p.yaml:18"),
            ),
            "p.yaml:2",
        )
    }
    assert [(plugin.name, plugin.origin) for plugin in policy.plugins] == [
        ("acme_rules", "p.yaml:20")
    ]
    assert policy.permit == Permissions(custom_rules=True, plugins=("others",))
    assert "acme.user" in policy.enabled


@pytest.mark.parametrize("level", ["off", "low"])
def test_what_is_said_under_rules_goes_before(level: str) -> None:
    policy = load(f"{FULL}rules: {{acme.user: {level}}}\n")
    assert ("acme.user" in policy.enabled) is (level != "off")
    assert str(policy.setting("acme.user").level) == level


def test_a_policy_may_speak_of_rules_that_another_defines() -> None:
    text = """\
rules: {other.rule: off, other.second: {level: high, exempt: ["a/**"], limit: 7}}
waivers: [{rule: other.rule, reason: since, until: 2027-01-01}]
lock: {rules: {other.rule: high}}
allowances: {never: [other.rule]}
"""
    policy = load(text)
    assert policy.enabled == load("").enabled
    assert policy.lock.rules["other.rule"].severity is Severity.HIGH


MINIMAL = "custom-rules: [{{name: {name}, subject: {subject}, condition: {condition}, message: m}}]"


@pytest.mark.parametrize(
    ("values", "message", "help_"),
    [
        ({"name": "user"}, "`user` is no such name", "with a prefix of yours"),
        ({"name": "Acme.user"}, "`Acme.user` is no such name", "prefix"),
        ({"subject": "stag"}, "`stag` is none of: stage, instruction", "did you mean `stage`?"),
        ({"condition": "stage.usr == 'a'"}, "`condition`: `stage` has no field `usr`", "`user`"),
        ({"condition": "stage.user = 'a'"}, "`condition`: Syntax error", ""),
        ({"condition": "user == 'a'"}, "`condition`: undeclared reference to 'user'", ""),
        ({"condition": "stage.final == 'x'"}, "`condition`: a truth value is never a text", ""),
        ({"condition": "stage.name in [1, 2]"}, "`condition`: a text is never a number", ""),
        ({"condition": "stage.base.tog == ''"}, "`condition`: `image` has no field `tog`", "`tag`"),
        ({"condition": "stage.name.first == ''"}, "`condition`: a text has no field `first`", ""),
        ({"condition": "stage.instructions.exists(i, i.kayword == '')"}, "`instruction` has", ""),
        (
            {"condition": "stage.annotations == {}"},
            "`condition`: `stage` has no field `annotations`",
            "`object`, `pod`",
        ),
        (
            {"condition": "size(stage.labels)"},
            "`condition`: it is a number, and a condition is true or false",
            "compare it",
        ),
        ({"condition": "stage.exposed"}, "`condition`: it is a list, and a condition", ""),
        ({"condition": "file.pat == ''"}, "`condition`: `file` has no field `pat`", "`path`"),
        ({"condition": f"'{'a' * 4000}' == stage.name"}, "it is longer than 4000 characters", ""),
    ],
)
def test_what_is_wrong_with_a_rule_is_told(
    values: dict[str, str], message: str, help_: str
) -> None:
    usual = {"name": "acme.rule", "subject": "stage", "condition": "stage.final"}
    said = {key: f'"{value}"' for key, value in {**usual, **values}.items()}
    told = complaints(MINIMAL.format(**said))
    assert len({at for _, at, _ in told}) == len(told) <= 2
    assert message in told[0][0]
    assert help_ in told[0][2]


def test_a_fault_stands_at_its_word() -> None:
    text = "custom-rules:\n  - name: a.b\n    subject: stage\n"
    text += '    condition: "stage.final && stage.nme == \'x\'"\n    message: "a {{ stage.usr }}"\n'
    assert [at for _, at, _ in complaints(text)] == ["p.yaml:4:38", "p.yaml:5:26"]


def test_two_rules_of_one_name_are_refused() -> None:
    one = "{name: a.b, subject: stage, condition: stage.final, message: m}"
    (told,) = complaints(f"custom-rules: [{one}, {one}]")
    assert told[0] == "two rules are named `a.b`"
    below = f"custom-rules: [{one}]\n"
    (told,) = complaints(f"extends: [base.yaml]\n{below}", base=below)
    assert told[0] == "`a.b` is defined at base.yaml:1 already"
    assert "a.b" in load("extends: [base.yaml]\n", base=below).custom


def test_what_evaluates_conditions_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from imagelint.custom import binding

    binding._environment.cache_clear()
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)
    ((message, _, help_),) = complaints(FULL)
    assert "CEL, which is not installed" in message
    assert help_ == "install it: pip install 'imagelint[cel]'"


RULE = CustomRule("a.b", "stage", "stage.final", "m")


def test_the_digest_is_of_what_decides() -> None:
    def of(custom: CustomRule) -> str:
        return policy_digest(Policy(custom={"a.b": custom}))

    assert of(RULE) != of(RULE._replace(condition="!stage.final"))
    assert of(RULE) != of(RULE._replace(message="n"))
    assert of(RULE) != policy_digest(Policy())
    assert of(RULE) == of(RULE._replace(origin="p.yaml:2", samples=(Sample(bad=True, files=BAD),)))


@pytest.mark.parametrize(
    "make",
    [
        lambda name: Policy(custom={name: RULE._replace(name=name)}),
        lambda name: Policy(permit=Permissions(name == "a", (name,))),
        lambda name: Policy(permit=Permissions(None, (name,) if name == "b" else None)),
    ],
)
def test_merging_is_associative_and_has_an_identity(make: Callable[[str], Policy]) -> None:
    first, second, third = map(make, "abc")
    assert merge(merge(first, second), third) == merge(first, merge(second, third))
    assert merge(Policy(), first) == merge(first, Policy()) == first
