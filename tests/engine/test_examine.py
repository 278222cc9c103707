from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.environment import Environment, TrustRule
from imagelint.core.finding import Severity
from imagelint.core.report import AllowanceKind, Examined, ProblemKind
from imagelint.core.source import Source
from imagelint.documents.detect import parse
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination, asks
from imagelint.policy.lock import Floor
from imagelint.policy.model import Policy, RuleSetting
from imagelint.rules import catalog

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.rules.api import Context, Findings

ROOT = 'FROM python:3.12\nCMD ["python"]\n'
ALLOWED = f"# imagelint: allow root-user -- a demo\n{ROOT}"


def policy(**levels: object) -> Policy:
    rules = {name.replace("_", "-"): RuleSetting(level) for name, level in levels.items()}  # type: ignore[arg-type] # levels as a table
    return Policy(rules=rules)


def document(text: str) -> Document:
    return parse(Source("Dockerfile", text), "dockerfile")


def test_the_enabled_rules_speak() -> None:
    report = Examination(policy(root_user="on", unpinned_image="off"))(document(ROOT), Project())
    assert [found.rule for found in report.findings] == ["root-user"]
    assert report.examined == (Examined("Dockerfile", "dockerfile"),)
    assert report.problems == ()


def test_the_policy_sets_the_severity() -> None:
    for level, expected in (
        ("on", catalog.load("root-user").severity),
        (None, catalog.load("root-user").severity),
        (Severity.INFO, Severity.INFO),
        (Severity.CRITICAL, Severity.CRITICAL),
    ):
        (found,) = Examination(policy(root_user=level))(document(ROOT), Project()).findings
        assert found.severity is expected


def test_a_finding_is_as_severe_as_the_worst_id_that_it_answers_to() -> None:
    text = "FROM debian\nRUN apt-get install -y git && apk add git\n"
    for said, floor, apt in (
        (("hadolint DL3008=info",), Floor(), Severity.INFO),
        (("hadolint DL3008=info",), Floor(severity=Severity.HIGH), Severity.HIGH),
        (("hadolint DL3008=high", "Hadolint DL3033=critical"), Floor(), Severity.HIGH),
    ):
        setting = RuleSetting(Severity.MEDIUM, {"levels": said}, floor=floor)
        rules = Policy(rules={"unpinned-system-package": setting})
        found = Examination(rules)(document(text), Project()).findings
        other = max(Severity.MEDIUM, floor.severity)
        assert [one.severity for one in found] == [apt, other]


def test_the_policy_sets_options() -> None:
    text = "FROM registry.example.com/a:1.2.3\nUSER 1\n"
    ours = {"unpinned-image": RuleSetting("on", {"pin": "tag"})}
    by_tag = Examination(Policy(rules=ours))(document(text), Project())
    assert by_tag.findings == ()
    theirs = {"unpinned-image": RuleSetting("on", {"pin": "digest"})}
    by_digest = Examination(Policy(rules=theirs))(document(text), Project())
    assert [found.rule for found in by_digest.findings] == ["unpinned-image"]


def test_an_allowance_inside_the_document_holds() -> None:
    report = Examination(policy(root_user="on", unused_allowance="on"))(
        document(ALLOWED), Project()
    )
    assert report.findings == ()
    ((found, permit, reason, _),) = report.allowed
    assert (found.rule, permit, reason) == ("root-user", AllowanceKind.INLINE, "a demo")


@pytest.mark.parametrize(
    ("allowance", "expected"),
    [
        ("allow unpinned-image -- not needed", ["root-user", "unused-allowance"]),
        ("allow rot-user -- a slip", ["root-user", "unknown-allowance"]),
        ("allow root-user", ["allowance-without-reason", "root-user"]),
        ("allow unused-allowance -- hush", ["root-user", "unknown-allowance"]),
    ],
)
def test_what_becomes_of_an_allowance_is_a_finding(allowance: str, expected: list[str]) -> None:
    given = policy(
        root_user="on",
        unpinned_image=Severity.LOW,
        unused_allowance=Severity.INFO,
        unknown_allowance="on",
        allowance_without_reason="on",
    )
    text = f'# imagelint: {allowance}\nFROM python@sha256:{"ab" * 32}\nCMD ["python"]\n'
    report = Examination(given)(document(text), Project())
    found = sorted(found.rule for found in report.findings)
    if allowance.startswith("allow unused-allowance"):
        assert "root-user" in found
        assert len(found) == 2
    else:
        assert found == expected
    for finding in report.findings:
        if finding.rule == "unused-allowance":
            assert finding.severity is Severity.INFO


def test_a_broken_rule_about_allowances_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_use: object, _ctx: Context) -> Findings:
        raise ZeroDivisionError

    load = catalog.load
    broken = load("unused-allowance")._replace(check=crash)
    monkeypatch.setattr(catalog, "load", lambda name: broken if name == broken.name else load(name))
    report = Examination(policy(root_user="on", unused_allowance="on"))(
        document(ALLOWED), Project()
    )
    assert {problem.kind for problem in report.problems} == {ProblemKind.RULE_CRASHED}
    assert len(report.allowed) == 1


def test_a_policy_asks_for_a_stage_by_any_of_its_rules() -> None:
    given = policy(unsigned_image="on", vulnerable_package="off")
    assert asks(given, "signatures")
    assert not asks(given, "vulnerabilities")


BUILDKIT = "FROM python:3.12\nMAINTAINER a\nUSER root\n"


@pytest.mark.parametrize(
    ("directive", "severity"),
    [
        ("# check=error=true\n", Severity.HIGH),
        ("# check=skip=JSONArgsRecommended;error=True\n", Severity.HIGH),
        ("# check=error=false\n", Severity.LOW),
        ("# check=skip=error\n", Severity.LOW),
        ("", Severity.LOW),
    ],
)
def test_a_file_may_want_to_end_the_build(directive: str, severity: Severity) -> None:
    examined = Examination(policy(deprecated_maintainer="on", relinked_shell="on"))
    text = f"{directive}{BUILDKIT}RUN ln -sf /bin/bash /bin/sh\n"
    found = {one.rule: one.severity for one in examined(document(text), Project()).findings}
    assert found == {"deprecated-maintainer": severity, "relinked-shell": Severity.LOW}


@pytest.mark.parametrize(
    ("directive", "told"),
    [
        ("skip=all", []),
        ("experimental=all", ["invalid-description", "legacy-key-value"]),
        ("skip=all;experimental=all", ["invalid-description"]),
        ("skip=all;experimental=InvalidDefinitionDescription", ["invalid-description"]),
        ("skip=all;experimental=LegacyKeyValueFormat", []),
        ("skip=InvalidDefinitionDescription;experimental=all", ["legacy-key-value"]),
    ],
)
def test_what_is_tried_out_is_not_skipped_with_the_rest(directive: str, told: list[str]) -> None:
    text = f"# check={directive}\nFROM alpine:3.20\n# words\nARG a\nLABEL a b\n"
    chosen = policy(invalid_description="on", legacy_key_value="on")
    report = Examination(chosen)(document(text), Project())
    assert sorted({one.rule for one in report.findings}) == told


def test_only_what_answers_to_buildkit_ends_the_build() -> None:
    text = "# check=error=true\nFROM alpine:3.20\nADD a b /c\nLABEL a b\n"
    chosen = policy(copy_target_without_slash="on", legacy_key_value=Severity.INFO)
    found = {
        one.rule: one.severity for one in Examination(chosen)(document(text), Project()).findings
    }
    assert found == {
        "copy-target-without-slash": Severity.MEDIUM,
        "legacy-key-value": Severity.INFO,
    }


def test_other_documents_have_no_such_directive() -> None:
    lines = parse(Source(".dockerignore", "# check=error=true\na # b\n"), "ignore")
    (found,) = Examination(policy(dead_ignore_pattern="on"))(lines, Project()).findings
    assert found.severity is Severity.LOW


def test_rules_about_trust_ask_for_a_stage_where_trust_is_demanded() -> None:
    given = policy(too_few_signers="on", missing_attestation="on")
    assert not asks(given, "signatures")
    demanding = Environment(trust=(TrustRule(signed_by=("build",)),))
    assert asks(given._replace(environment=demanding), "signatures")
