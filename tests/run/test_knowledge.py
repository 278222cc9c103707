"""What a site knows decides a run, whoever judges, and however often."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.core.report import Report
from imagelint.policy.model import Policy
from imagelint.run.facts.outdated import outdated
from imagelint.run.policies import Policies
from tests.cli.test_since import commit, git

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

BASE = 'FROM registry.example.com/base/python:3.12\nCMD ["python", "serve.py"]\n'
POLICY = "extends: []\nrules: {root-user: on}\nknowledge: [site.yaml]\n"


def site(user: str, more: str = "") -> str:
    return f'{more}base-images: [{{image: registry.example.com/base/*, user: "{user}"}}]\n'


def told(program: Program, *arguments: str) -> list[tuple[str, str]]:
    """The findings as pairs of file and rule."""
    answer = program("check", "--format", "json", *arguments)
    found = json.loads(answer.out)["findings"]
    return [(one["location"]["origin"], one["rule"]) for one in found]


@pytest.fixture
def base(here: Path) -> Path:
    (here / "Dockerfile").write_text(BASE)
    (here / ".imagelint.yaml").write_text(POLICY)
    return here


def test_a_changed_file_of_facts_judges_anew(base: Path, program: Program) -> None:
    for _ in range(2):
        (base / "site.yaml").write_text(site("1000"))
        assert told(program) == told(program) == []
        (base / "site.yaml").write_text(site("0"))
        assert told(program) == told(program) == [("Dockerfile", "root-user")]


def test_the_day_of_a_file_is_a_part_of_the_policy(base: Path, program: Program) -> None:
    (base / "site.yaml").write_text(site("0"))
    (base / ".imagelint.yaml").write_text(POLICY.replace("on}", "on, knowledge-outdated: on}"))
    assert told(program) == [("Dockerfile", "root-user")]
    (base / "site.yaml").write_text(site("0", "asof: 2020-01-01\n"))
    both = [("Dockerfile", "root-user"), ("site.yaml", "knowledge-outdated")]
    assert told(program) == both
    # What is remembered tells it as well.
    assert told(program) == both
    (base / ".imagelint.yaml").write_text(POLICY)
    assert told(program) == [("Dockerfile", "root-user")]


@pytest.mark.parametrize("processes", ["1", "2", "3"])
def test_any_number_of_processes_knows_the_same(
    here: Path, program: Program, processes: str
) -> None:
    """Each folder is judged by what its own policy knows."""
    for number, user in enumerate(["0", "1000", "0"]):
        folder = here / f"team{number}"
        folder.mkdir()
        (folder / ".imagelint.yaml").write_text(POLICY)
        (folder / "site.yaml").write_text(site(user))
        for file in range(25):
            (folder / f"{file}.Dockerfile").write_text(BASE)
    found = told(program, "--no-cache", "--jobs", processes)
    assert found == sorted(
        (f"team{team}/{file}.Dockerfile", "root-user") for team in (0, 2) for file in range(25)
    )


def test_what_a_folder_knows_another_does_not(here: Path, program: Program) -> None:
    (here / "a").mkdir()
    (here / "b").mkdir()
    for name in ("a", "b"):
        (here / name / "Dockerfile").write_text(BASE)
    (here / "a" / ".imagelint.yaml").write_text(POLICY)
    (here / "a" / "site.yaml").write_text(site("1000"))
    (here / "b" / ".imagelint.yaml").write_text(POLICY.replace("knowledge: [site.yaml]\n", ""))
    assert told(program) == [("b/Dockerfile", "root-user")]
    assert told(program, "a") == []
    assert told(program, "b") == [("b/Dockerfile", "root-user")]


def test_a_file_of_another_folder_is_understood_by_those_who_look_at_it(
    here: Path, program: Program
) -> None:
    """What is remembered of a file by who does not know its image says nothing to who does."""
    pod = "{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{}]}}}}\n"
    policy = "extends: []\nrules: {alerts-incomplete: on}\n"
    alert = '{alert: Q, expr: "max(vllm:num_requests_waiting) > 5"}'
    for name, more in (("a", ""), ("b", "knowledge: [site.yaml]\n")):
        (here / name).mkdir()
        (here / name / ".imagelint.yaml").write_text(policy + more)
    (here / "b" / "site.yaml").write_text("engines: [{is: vllm, images: [r.example.com/llm]}]\n")
    (here / "b" / "alerts.yml").write_text(f"groups: [{{name: a, rules: [{alert}]}}]\n")
    (here / "a" / "pod.yaml").write_text(pod.format("{image: 'r.example.com/other:1', name: a}"))
    assert told(program) == told(program) == []
    (here / "a" / "pod.yaml").write_text(pod.format("{image: 'r.example.com/llm:1', name: a}"))
    found = [("b/alerts.yml", "alerts-incomplete")]
    assert told(program) == told(program) == told(program, "--no-cache") == found
    (here / "b" / "alerts.yml").write_text(f"groups: [{{name: b, rules: [{alert}]}}]\n")
    assert told(program) == found
    git(here, "init", "--quiet")
    commit(here)
    (here / "a" / "pod.yaml").write_text(pod.format("{image: 'r.example.com/other:1', name: a}"))
    assert told(program) == []
    since = json.loads(program("check", "--format", "json", "--since", "HEAD").out)["since"]
    assert since["mended"] == 1


def test_a_text_from_standard_input_is_judged_by_it(base: Path, program: Program) -> None:
    (base / "site.yaml").write_text(site("1000"))
    answer = program("check", "-", stdin=BASE.encode())
    assert "root-user" not in answer.out
    (base / "site.yaml").write_text(site("0"))
    answer = program("check", "-", stdin=BASE.encode())
    assert "root-user" in answer.out


def test_a_wrong_file_ends_the_run(base: Path, program: Program) -> None:
    (base / "site.yaml").write_text("gpu: []\n")
    answer = program("check")
    assert answer.code == 2
    assert "site.yaml:1:1" in answer.err
    assert "did you mean `gpus`?" in answer.err


def test_a_file_outside_of_the_repository_is_not_read(base: Path, program: Program) -> None:
    (base / ".git").mkdir()
    (base.parent / "site.yaml").write_text(site("1000"))
    (base / ".imagelint.yaml").write_text(POLICY.replace("[site", "[../site"))
    answer = program("check")
    assert answer.code == 2
    assert "it lies outside of" in answer.err


def test_the_policy_tells_what_it_takes_from_where(base: Path, program: Program) -> None:
    (base / "site.yaml").write_text(site("1000", "asof: 2026-11-20\n"))
    lines = program("policy", "show").out.splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("knowledge:"))
    assert lines[at].split() == ["knowledge:", "#", ".imagelint.yaml:3"]
    assert lines[at + 1].split("#") == [
        lines[at + 1].split("#")[0],
        " base-images 1, of 2026-11-20",
    ]
    assert '- "site.yaml"' in lines[at + 1]


def test_a_table_of_ours_is_told_where_it_first_decided(here: Path) -> None:
    (here / ".imagelint.yaml").write_text("extends: []\nrules: {knowledge-outdated: on}\n")
    policies = Policies((), Policy(), set())
    reports = {"a": Report(), "b": Report(tables=("gpus",)), "c": Report(tables=("gpus",))}
    assert [*outdated(policies, reports, "2026-11-26")] == []
    ((_, told),) = outdated(policies, reports, "2199-01-01")
    (finding,) = told.findings
    assert (finding.location.origin, finding.subject) == ("b", "gpus")
    assert finding.help == "update imagelint: newer releases come with newer tables"
