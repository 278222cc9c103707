"""A rule that became several: its former name holds for all of them, wherever it is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.rules import catalog
from tests.cli.projects import POD, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

FORMER = "invalid-instruction"
NOW = ("duplicate-key", "missing-argument", "unknown-instruction")
WRONG = "FROM alpine:3.20\nRUNN a\nCOPY b\nUSER 10001\n"
WRONG_POD = POD.replace("kind: Pod\n", "kind: Pod\nkind: Pod\n")


def counted(program: Program, *arguments: str) -> tuple[list[str], list[str]]:
    """The rules that speak, and those whose findings are allowed, each by name."""
    answer = program("check", "--no-cache", "--format", "json", *arguments, ".")
    report = json.loads(answer.out)
    kept = {finding["rule"] for finding in report["findings"]} & set(NOW)
    allowed = {allowed["finding"]["rule"] for allowed in report["allowed"]} & set(NOW)
    return sorted(kept), sorted(allowed)


@pytest.fixture
def wrong(here: Path) -> Path:
    write(here, Dockerfile=WRONG, pod_yaml=WRONG_POD)
    return here


def say(here: Path, text: str) -> None:
    (here / ".imagelint.yaml").write_text(f"extends: [baseline]\n{text}", encoding="utf-8")


@pytest.mark.usefixtures("wrong")
def test_each_complaint_is_the_finding_of_its_own_rule(program: Program) -> None:
    assert counted(program) == (list(NOW), [])


def test_a_policy_switches_all_of_them_and_each(program: Program, wrong: Path) -> None:
    say(wrong, f"rules: {{{FORMER}: off}}\n")
    assert counted(program) == ([], [])
    say(wrong, f"rules: {{missing-argument: on, {FORMER}: off}}\n")
    assert counted(program) == (["missing-argument"], [])
    say(wrong, "rules: {missing-argument: off}\n")
    assert counted(program) == (["duplicate-key", "unknown-instruction"], [])


@pytest.mark.usefixtures("wrong")
def test_the_command_line_switches_all_of_them_and_each(program: Program) -> None:
    assert counted(program, "--rule", f"{FORMER}=off") == ([], [])
    one = ("--rule", f"{FORMER}=off", "--rule", "duplicate-key=low")
    assert counted(program, *one) == (["duplicate-key"], [])
    answer = program("check", "--rule", f"{FORMER}=sometimes", ".")
    assert answer.code == 2
    assert f"'{FORMER}=sometimes' needs a level" in answer.err


def test_a_waiver_holds_for_all_of_them_and_by_subject(program: Program, wrong: Path) -> None:
    waiver = f"rule: {FORMER}, reason: later, until: 2999-01-01"
    say(wrong, f"waivers: [{{{waiver}}}]\n")
    assert counted(program) == ([], list(NOW))
    say(wrong, f"waivers: [{{{waiver}, subject: RUNN}}]\n")
    assert counted(program) == (["duplicate-key", "missing-argument"], ["unknown-instruction"])


def test_exemptions_hold_for_all_of_them(program: Program, wrong: Path) -> None:
    say(wrong, f"rules: {{{FORMER}: {{exempt: [COPY, kind]}}}}\n")
    assert counted(program) == (["unknown-instruction"], ["duplicate-key", "missing-argument"])


def test_allowances_in_files_hold_for_all_of_them(program: Program, wrong: Path) -> None:
    allow = f"# imagelint: allow {FORMER} in file -- written by a machine\n"
    annotated = f"metadata:\n  annotations: {{imagelint.dev/allow.{FORMER}: by a machine}}\n"
    pod = WRONG_POD.replace("metadata:\n", annotated)
    write(wrong, Dockerfile=allow + WRONG, pod_yaml=pod)
    assert counted(program) == ([], list(NOW))


def test_the_former_name_is_explained_by_the_rules_of_today(program: Program) -> None:
    answer = program("explain", FORMER)
    assert answer.code == 0
    listed = [line.split()[0] for line in answer.out.splitlines() if line.startswith("  ")]
    assert tuple(listed) == catalog.successors(FORMER)
    assert set(NOW) < set(listed)
    assert program("explain", FORMER.upper()).out == answer.out


def test_a_policy_is_advised_to_say_the_new_names(program: Program, here: Path) -> None:
    say(here, f"rules: {{{FORMER}: off}}\n")
    answer = program("policy", "check")
    assert answer.code == 0
    assert f":2:9: `{FORMER}` is {len(catalog.successors(FORMER))} rules now" in answer.out
