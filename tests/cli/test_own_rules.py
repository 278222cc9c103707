"""Rules of one's own where people meet rules: reports, lists, allowances, waivers, baselines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

POLICY = """\
extends: []
custom-rules:
  - name: acme.user
    subject: stage
    condition: stage.final && has(stage.user) && stage.user == "root"
    message: "runs as {{ stage.user }}"
    summary: The image runs as root.
    why: Bad is what follows.
    help: name another user
    severity: high
    references: [ACME-7]
    bad: ["FROM alpine:3.20\\nUSER root\\n"]
    good: ["FROM alpine:3.20\\nUSER 1000\\n"]
"""


@pytest.fixture
def policy(here: Path) -> str:
    """The path of a policy that is trusted, beside a Dockerfile that it finds fault with."""
    (here / "Dockerfile").write_text("FROM alpine:3.20\nUSER root\n")
    path = here.parent / "policy.yaml"
    path.write_text(POLICY)
    (here / ".git").mkdir()
    return str(path)


def report(program: Program, policy: str, *arguments: str) -> Any:
    answer = program("check", "--policy", policy, "--format", "json", *arguments)
    return json.loads(answer.out)


def test_a_report_tells_what_it_is(policy: str, program: Program) -> None:
    (finding,) = report(program, policy)["findings"]
    assert finding["rule"] == "acme.user"
    assert finding["severity"] == "high"
    assert finding["message"] == "runs as root"
    assert finding["help"] == "name another user"
    # The second time it comes from the cache.
    assert report(program, policy)["findings"] == [finding]


def test_sarif_describes_it(policy: str, program: Program) -> None:
    answer = program("check", "--policy", policy, "--format", "sarif")
    (run,) = json.loads(answer.out)["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "acme.user"
    assert rule["shortDescription"]["text"] == "The image runs as root."
    assert "USER 1000" in rule["help"]["markdown"]
    assert "helpUri" not in rule
    assert run["results"][0]["ruleId"] == "acme.user"


@pytest.mark.parametrize(
    "form", ["text", "concise", "github", "markdown", "junit", "gitlab", "html"]
)
def test_every_format_can_tell_it(policy: str, program: Program, form: str) -> None:
    answer = program("check", "--policy", policy, "--format", form)
    assert answer.code == 1
    assert "acme.user" in answer.out


def test_it_is_explained_and_listed(policy: str, program: Program) -> None:
    said = program("explain", "acme.user", "--policy", policy).out
    assert "The image runs as root." in said
    assert "Bad is what follows." in said
    assert "ACME-7" in said
    assert "custom" in said
    listed = json.loads(program("rules", "--json", "--policy", policy).out)
    (row,) = [row for row in listed if row["name"] == "acme.user"]
    assert (row["family"], row["level"], row["references"]) == ("custom", "high", ["ACME-7"])
    answer = program("explain", "acme.usr", "--policy", policy)
    assert answer.code == 2
    assert "did you mean acme.user?" in answer.err
    assert "--policy FILE" in program("explain", "other.rule").err


def test_the_policy_is_shown_so_that_it_can_be_read_again(
    here: Path, policy: str, program: Program
) -> None:
    shown = program("policy", "show", "--policy", policy).out.split("\n---\n")[-1]
    again = here.parent / "again.yaml"
    again.write_text(shown)
    assert [one["rule"] for one in report(program, str(again))["findings"]] == ["acme.user"]
    text = "extends: []\nplugins: [a_b]\npermit: {custom-rules: false, plugins: [c]}\n"
    again.write_text(text)
    said = program("policy", "check", str(again))
    assert "valid" in said.out


@pytest.mark.parametrize("level", ["off", "low"])
def test_its_level_is_set_on_the_command_line(policy: str, program: Program, level: str) -> None:
    found = report(program, policy, "--rule", f"acme.user={level}")["findings"]
    assert [one["severity"] for one in found] == ([] if level == "off" else ["low"])


def test_it_runs_alone_when_it_is_asked_for_alone(policy: str, program: Program) -> None:
    found = report(program, policy, "--only", "acme.user")["findings"]
    assert [one["rule"] for one in found] == ["acme.user"]
    assert program("check", "--policy", policy, "--only", "custom").code == 2
    assert program("check", "--policy", policy, "--only", "acme.usr").code == 3


def test_a_comment_allows_it(here: Path, policy: str, program: Program) -> None:
    text = "FROM alpine:3.20\n# imagelint: allow acme.user -- until the port is gone\nUSER root\n"
    (here / "Dockerfile").write_text(text)
    told = report(program, policy)
    assert told["findings"] == []
    (allowed,) = told["allowed"]
    assert allowed["reason"] == "until the port is gone"


def test_an_allowance_of_a_rule_that_nobody_defines_is_told(
    here: Path, policy: str, program: Program
) -> None:
    text = "FROM alpine:3.20\n# imagelint: allow acme.usr -- needed\nUSER 1000\n"
    (here / "Dockerfile").write_text(text)
    found = report(program, policy, "--rule", "unknown-allowance=medium")["findings"]
    assert [one["rule"] for one in found] == ["unknown-allowance"]


def test_a_waiver_and_an_exemption_hold_for_it(policy: str, program: Program, here: Path) -> None:
    path = here.parent / "policy.yaml"
    waiver = "waivers: [{rule: acme.user, reason: since, until: 2999-01-01, where: Dockerfile}]\n"
    path.write_text(POLICY + waiver)
    assert report(program, policy)["findings"] == []
    path.write_text(POLICY + 'rules: {acme.user: {exempt: ["Dockerfile"]}}\n')
    assert report(program, policy)["findings"] == []


def test_a_baseline_holds_it(here: Path, policy: str, program: Program) -> None:
    program("check", "--policy", policy, "--write-baseline", "known.json")
    told = report(program, policy, "--baseline", "known.json")
    assert told["findings"] == []
    assert len(told["allowed"]) == 1
