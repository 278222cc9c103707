from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from imagelint.core.errors import UsageError
from imagelint.core.source import Source
from imagelint.policy.adopt.checkov import read_checkov
from imagelint.policy.adopt.dockle import read_dockle
from imagelint.policy.adopt.hadolint import read_hadolint
from imagelint.policy.adopt.kubelinter import read_kubelinter
from imagelint.policy.adopt.tally import read_tally
from imagelint.policy.adopt.trivy import read_trivy
from imagelint.policy.adopt.write import adopted_policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.policy.adopt.model import Adopted


def policy(read: Callable[[Source], Adopted], text: str, origin: str = "config") -> dict[str, Any]:
    """The policy that is made of a configuration."""
    written = adopted_policy(read(Source(origin, text)), "x", origin, "2027-01-01")
    made: dict[str, Any] = yaml.safe_load(written)
    assert made["extends"] == []
    return made


def comments(read: Callable[[Source], Adopted], text: str) -> str:
    written = adopted_policy(read(Source("config", text)), "x", "config", "2027-01-01")
    return written.partition("# Not taken over:")[2]


def test_hadolint_without_a_configuration_has_its_own_severities() -> None:
    made = policy(read_hadolint, "")
    assert made["fail-on"] == "low"
    rules = made["rules"]
    assert (rules["apt-lists-kept"], rules["relative-workdir"]) == ("low", "high")
    assert rules["root-user"] == {"level": "medium", "exempt": ["not hadolint"]}
    assert rules["untrusted-registry"] is False  # there is nothing to trust
    assert "privileged-container" not in rules


def test_what_hadolint_ignores_in_part_is_exempt() -> None:
    made = policy(read_hadolint, "ignored: [DL3008, SC2086]\noverride: {error: [SC2154]}\n")
    rules = made["rules"]
    assert rules["unpinned-system-package"] == {
        "level": "medium",
        "exempt": ["hadolint DL3008", "not hadolint"],
    }
    assert rules["shell-mistake"] == {
        "level": True,
        "severities": "hadolint",
        "exempt": ["not hadolint", "hadolint SC2086"],
    }
    assert "`override` of SC2154" in comments(read_hadolint, "override: {error: [SC2154]}\n")


def test_hadolint_is_taken_over() -> None:
    made = policy(
        read_hadolint,
        "ignored: [DL3009, SC2086]\noverride: {error: [DL3015], style: [DL3002]}\n"
        'trustedRegistries: [docker.io, "*.gcr.io"]\nfailure-threshold: error\n',
    )
    rules = made["rules"]
    assert (rules["apt-lists-kept"], rules["apt-recommends"]) == (False, "high")
    assert rules["root-user"] == {"level": "info", "exempt": ["not hadolint"]}
    assert made["environment"]["registries"] == ["docker.io/*", "*.gcr.io/*"]
    assert made["fail-on"] == "high"


def test_one_rule_for_two_ids_is_on_while_one_of_them_is() -> None:
    one = policy(read_hadolint, "ignored: [DL3006]\noverride: {error: [DL3006]}\n")
    assert one["rules"]["unpinned-image"] == {
        "level": "medium",
        "exempt": ["hadolint DL3006", "not hadolint"],
    }
    both = policy(read_hadolint, "ignored: [DL3006, DL3007]\n")
    assert both["rules"]["unpinned-image"] is False


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "label-schema: {a: colour}\n",
            "# - `label-schema`: the types of a, which are text here\n",
        ),
        ("strict-labels: false\nno-fail: false\n", ""),
        ("no-fail: true\n", "# - `no-fail`\n"),
        ("override: {info: [DL1001]}\n", "# - `DL1001`: only comments that a policy refuses"),
        ("failure-threshold: none\n", "here what is critical does"),
    ],
)
def test_what_cannot_be_taken_over_is_told(text: str, told: str) -> None:
    found = comments(read_hadolint, text)
    assert told in found
    assert found.count("# - `") == (1 if told else 0)


def test_tally_chooses_by_the_tool_before_the_id() -> None:
    text = (
        '[rules]\ninclude = ["buildkit/*", "hadolint/DL3002"]\n'
        'exclude = ["buildkit/SecretsUsedInArgOrEnv"]\n'
        '[rules.hadolint.DL3026]\ntrusted-registries = ["ghcr.io"]\n'
        '[rules.hadolint.DL3009]\nseverity = "error"\n[rules.hadolint.DL3042]\nseverity = "off"\n'
        '[output]\nfail-level = "warning"\n[inline-directives]\nenabled = true\n'
    )
    made = policy(read_tally, text)
    rules = made["rules"]
    assert rules["root-user"] is True
    assert rules["relative-workdir"] is True  # by the check of BuildKit
    assert rules["secret-in-build"] is False
    assert (rules["apt-lists-kept"], rules["pip-cache-kept"]) == ("high", False)
    assert rules["apt-recommends"] is False
    assert made["environment"]["registries"] == ["ghcr.io/*"]
    assert made["fail-on"] == "medium"
    assert "# - `[inline-directives]`\n" in comments(read_tally, text)


def test_tally_without_a_choice_has_all_on() -> None:
    assert policy(read_tally, "")["rules"]["apt-lists-kept"] is True
    for text in (f"a = {'9' * 5_000}", f"a = {'[' * 5_000}"):
        with pytest.raises(UsageError):
            read_tally(Source("tally.toml", text))
    assert policy(read_tally, "")["fail-on"] == "info"
    assert "options of `tally/max-lines`" in comments(
        read_tally, "[rules.tally.max-lines]\nmax=5\n"
    )


def test_dockle_without_exceptions_is_as_severe_as_it_calls_its_checks() -> None:
    made = policy(read_dockle, "")
    rules = made["rules"]
    assert made["fail-on"] == "medium"
    found = [rules[name] for name in ("sudo-in-build", "unpinned-image", "missing-healthcheck")]
    assert found == ["high", "medium", "low"]
    assert "relative-workdir" not in rules  # dockle has no such check


def test_what_dockle_ignores_is_off() -> None:
    text = "# root is wanted\nCIS-DI-0001\n\n  DKL-LI-0001 # locked elsewhere\nCIS-DI-0005\n"
    made = policy(read_dockle, text)
    rules = made["rules"]
    assert (rules["root-user"], rules["account-without-password"]) == (False, False)
    assert rules["add-instead-of-copy"] == "high"
    assert "CIS-DI-0005" in comments(read_dockle, text)  # content trust: no rule of ours


def test_checkov_is_taken_over() -> None:
    made = policy(read_checkov, "skip-check: [CKV_DOCKER_3, CKV_DOCKER_8]\nskip-path: [legacy/]\n")
    assert made["rules"]["root-user"] is False
    assert made["rules"]["relative-workdir"] is True
    assert made["fail-on"] == "info"
    assert made["exclude"] == ["legacy/**"]
    only = policy(read_checkov, "check: CKV_K8S_16,CKV_K8S_20\nsoft-fail: true\nquiet: true\n")
    assert [name for name, level in only["rules"].items() if level] == [
        "privilege-escalation",
        "privileged-container",
    ]
    assert only["fail-on"] == "critical"
    assert policy(read_checkov, "skip-check: [CKV_DOCKER_*]\n")["rules"]["root-user"] is False


def test_kube_linter_has_its_defaults() -> None:
    made = policy(read_kubelinter, "checks: {exclude: [run-as-non-root], ignorePaths: ['x/**']}\n")
    assert made["rules"]["privileged-container"] is True
    assert made["rules"]["run-as-root"] is False
    assert made["rules"]["unmasked-proc"] is False  # off by default there
    assert made["exclude"] == ["x/**"]
    none = policy(read_kubelinter, "checks: {doNotAutoAddDefaults: true, include: [latest-tag]}\n")
    assert [name for name, level in none["rules"].items() if level] == ["unpinned-image"]
    every = policy(read_kubelinter, "checks: {addAllBuiltIn: true}\n")
    assert all(every["rules"].values())
    own = comments(read_kubelinter, "customChecks: [{name: ours}]\n")
    assert "the check `ours` of its own" in own


def test_trivy_is_taken_over() -> None:
    made = policy(
        read_trivy,
        "severity: [HIGH, CRITICAL]\nscan: {skip-dirs: [a], skip-files: [b.yaml]}\nfoo: 1\n",
    )
    assert made["fail-on"] == "high"
    assert made["exclude"] == ["b.yaml", "a/**"]
    assert "# - `foo`\n" in comments(read_trivy, "foo: 1\n")


def test_what_trivy_ignores_is_off_or_waived() -> None:
    text = "AVD-DS-0002\n# a comment\nCVE-2024-1234 exp:2026-12-31\nGHSA-aaaa-bbbb-cccc # why\n\n"
    made = policy(read_trivy, text, ".trivyignore")
    assert made["rules"]["root-user"] is False
    assert made["waivers"] == [
        {
            "rule": "vulnerable-package",
            "subject": subject,
            "reason": "ignored in .trivyignore",
            "until": until,
        }
        for subject, until in (
            ("CVE-2024-1234", yaml.safe_load("2026-12-31")),
            ("GHSA-aaaa-bbbb-cccc", yaml.safe_load("2027-01-01")),
        )
    ]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_hadolint, "a: ["),
        (read_tally, "a = ["),
        (read_kubelinter, "a: ["),
        (read_checkov, "a: ["),
        (read_trivy, "a: ["),
    ],
)
def test_what_cannot_be_read_is_an_error(read: Callable[[Source], Adopted], text: str) -> None:
    with pytest.raises(UsageError):
        read(Source("config", text))


@pytest.mark.parametrize("read", [read_hadolint, read_kubelinter, read_checkov, read_trivy])
@pytest.mark.parametrize("text", ["[]", "a", "ignored: {a: 1}\nchecks: 5\nseverity: {}\n"])
def test_odd_types_are_nothing(read: Callable[[Source], Adopted], text: str) -> None:
    assert policy(read, text)["rules"]


def test_odd_tables_are_nothing() -> None:
    text = "rules = 5\noutput = [1]\n"
    assert policy(read_tally, text)["rules"]
    assert policy(read_tally, "[rules]\nhadolint = {DL3002 = 5}\ninclude = 7\n")["rules"]
