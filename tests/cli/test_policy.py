from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from imagelint.rules import catalog
from tests.cli.projects import DIGEST, GOOD, ROOT, policy, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program


def test_the_policy_is_shown_with_the_origin_of_each_line(program: Program, here: Path) -> None:
    (here / ".imagelint.yaml").write_text(
        "name: payments\nextends: [baseline]\nfail-on: medium\nrules:\n  root-user: critical\n"
    )
    answer = program("policy", "show", "--rule", "seccomp-profile-missing=low")
    assert answer.code == 0
    lines = [" ".join(line.split()) for line in answer.out.splitlines()]
    assert 'name: "payments" # .imagelint.yaml:1' in lines
    assert "fail-on: medium # .imagelint.yaml:3" in lines
    assert "root-user: critical # .imagelint.yaml:5" in lines
    assert "seccomp-profile-missing: low # --rule" in lines
    assert "secret-value: on # baseline" in lines


def test_what_is_shown_is_a_policy_that_means_the_same(program: Program, here: Path) -> None:
    (here / ".imagelint.yaml").write_text(
        "extends: [recommended]\nfail-on: low\nrules:\n  root-user: {level: low, exempt: [a/**]}\n"
        "waivers:\n  - {rule: apt-recommends, reason: later, until: 2999-01-01}\n"
    )
    shown = program("policy", "show").out
    (here / "shown.yaml").write_text(shown)
    again = program("policy", "show", "--policy", "shown.yaml")
    assert again.code == 0, again.err

    def said(text: str) -> list[str]:
        return [line.partition(" #")[0].rstrip() for line in text.splitlines()]

    assert [line for line in said(again.out) if "extends" not in line] == [
        line for line in said(shown) if "extends" not in line
    ]


def test_without_a_policy_the_default_packs_hold(program: Program) -> None:
    answer = program("policy", "show")
    assert "recommended" in answer.out
    assert "gpu-serving" in answer.out


def test_a_policy_is_checked(program: Program, here: Path) -> None:
    assert program("policy", "check").code == 2
    assert "imagelint init" in program("policy", "check").err
    (here / ".imagelint.yaml").write_text(policy("rules: {root-user: on}", "[]"))
    answer = program("policy", "check")
    assert answer.code == 0
    assert answer.out.endswith(".imagelint.yaml: valid, 1 rules on\n")


def test_all_that_is_wrong_with_several_policies_is_said_at_once(
    program: Program, here: Path
) -> None:
    write(here, a_yaml="fail-on: sometimes\n", b_yaml="rulez: {}\n", c_yaml=policy("", "[]"))
    answer = program("policy", "check", "a.yaml", "b.yaml", "c.yaml", "missing.yaml", ".")
    assert answer.code == 2
    assert answer.out == "c.yaml: valid, 0 rules on\n"
    assert "at: a.yaml:1:10" in answer.err
    assert "at: b.yaml:1:1" in answer.err
    assert "no such file" in answer.err
    assert "is a folder" in answer.err


def test_the_schema_is_json_schema(program: Program) -> None:
    schema = json.loads(program("policy", "schema").out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(catalog.names()) <= set(schema["properties"]["rules"]["properties"])


def test_the_nearest_policy_holds_for_each_file(program: Program, here: Path) -> None:
    write(here, a__Dockerfile=ROOT, b__Dockerfile=ROOT, b__deep__Dockerfile=ROOT)
    (here / ".imagelint.yaml").write_text(policy("rules: {root-user: low}"))
    (here / "b/.imagelint.yaml").write_text(policy("rules: {root-user: critical}"))
    answer = program("check")
    assert answer.code == 1
    assert "low[root-user]: no USER: `python` runs as root\n --> a/Dockerfile" in answer.out
    assert answer.out.count("critical[root-user]") == 2
    (here / "b/.imagelint.yaml").write_text(
        policy("rules: {root-user: off, relative-workdir: low}")
    )
    assert program("check").code == 0


def test_the_search_for_a_policy_ends_at_the_root_of_the_repository(
    program: Program, here: Path
) -> None:
    (here / ".imagelint.yaml").write_text(policy("rules: {root-user: off}"))
    write(here, inner__Dockerfile=ROOT)
    subprocess.run(["git", "init", "-q", "inner"], check=True)
    assert program("check", "inner").code == 1


def test_a_policy_extends_files_beside_it(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT, rules__ours_yaml=policy("rules: {root-user: low}"))
    (here / ".imagelint.yaml").write_text("extends: [rules/ours.yaml]\n")
    assert "low[root-user]" in program("check").out
    (here / "rules/ours.yaml").write_text("extends: [../.imagelint.yaml]\n")
    answer = program("check")
    assert answer.code == 2
    assert "extends this file" in answer.err


def test_later_policies_of_the_command_line_win(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT, mine_yaml=policy("rules: {root-user: off}"))
    assert program("check", "--policy", "recommended", "--policy", "./mine.yaml").code == 0
    assert program("check", "--policy", "./mine.yaml", "--policy", "recommended").code == 1


def test_what_is_excluded_stays_out_when_it_is_named(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD, third__Dockerfile=ROOT)
    (here / ".imagelint.yaml").write_text("extends: [recommended]\nexclude: [third/**]\n")
    assert program("check").code == 0
    assert program("check", "third").code == 3
    assert program("check", "third/Dockerfile").code == 3


def test_a_waiver_is_said_in_the_report_and_ends(program: Program, here: Path) -> None:
    write(here, legacy__Dockerfile=ROOT)
    waiver = "waivers:\n  - {rule: root-user, where: legacy/*, reason: port 80, until: %s}\n"
    rules = "extends: [recommended]\n"
    (here / ".imagelint.yaml").write_text(rules + waiver % "2999-12-31")
    answer = program("check", "--format", "json")
    assert answer.code == 0
    (allowed,) = json.loads(answer.out)["allowed"]
    assert (allowed["permit"], allowed["reason"], allowed["until"]) == (
        "waiver",
        "port 80",
        "2999-12-31",
    )
    (here / ".imagelint.yaml").write_text(rules + waiver % "2020-12-31")
    expired = program("check")
    assert expired.code == 1
    assert "[expired-allowance]" in expired.out


def test_only_a_whole_run_can_tell_that_a_waiver_is_unused(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    (here / ".imagelint.yaml").write_text(
        "extends: [recommended]\n"
        "waivers:\n  - {rule: root-user, reason: port 80, until: 2999-12-31}\n"
    )
    assert "[unused-allowance]" in program("check").out
    assert "[unused-allowance]" not in program("check", "Dockerfile").out


def test_allowances_inside_files_hold(program: Program, here: Path) -> None:
    write(here, Dockerfile=f"# imagelint: allow root-user -- a demo\n{ROOT}")
    assert program("check", "--policy", "recommended").code == 0
    write(here, Dockerfile=f"FROM python@{DIGEST}\n# hadolint ignore=DL3002\nUSER root\n")
    assert "root-user" not in [
        found["rule"]
        for found in json.loads(
            program("check", "--policy", "recommended", "--format", "json").out
        )["findings"]
    ]


def test_a_policy_in_a_folders_place_is_said(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    (here / "rules.yaml").mkdir()
    answer = program("check", "--policy", "rules.yaml")
    assert answer.code == 2
    assert "the policy cannot be read: is a folder" in answer.err


def test_a_valid_policy_is_validated_once(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    (here / ".imagelint.yaml").write_text(policy("rules: {root-user: on}"))
    assert program("check").code == 0
    assert program("check").code == 0
    (here / ".imagelint.yaml").write_text(policy("rules: {root-user: onn}"))
    assert program("check").code == 2
