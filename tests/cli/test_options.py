from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete

from imagelint.cli.commands import main
from imagelint.cli.options.formats import FORMATS
from imagelint.cli.summaries import COMMANDS
from imagelint.policy.builtin import PACKS
from imagelint.rules import catalog
from imagelint.rules.families import FAMILIES
from tests.cli.projects import GOOD, LOW, ROOT, policy, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

RULES = ("--policy", "recommended")


def completed(*arguments: str) -> list[str]:
    *before, incomplete = arguments
    found = ShellComplete(main, {}, "imagelint", "_X").get_completions(before, incomplete)
    return [item.type if item.type == "file" else item.value for item in found]


# -- What is examined, and by which rules -------------------------------------------------------


def test_files_can_be_left_out(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD, a__Dockerfile=ROOT, b__c__Dockerfile=ROOT)
    assert program("check", *RULES).code == 1
    answer = program("check", *RULES, "--exclude", "a/**", "--exclude", "b")
    assert (answer.code, "2 ignored" in answer.out) == (0, True)
    (here / ".imagelint.yaml").write_text(policy("exclude: [b/**]", "[recommended]"))
    assert program("check", "--exclude", "a/**").code == 0
    assert program("check", "--exclude", "a/**", "a/Dockerfile", "Dockerfile").code == 0


def test_files_can_be_left_out_of_a_gate(program: Program, here: Path) -> None:
    write(here, a__Dockerfile=ROOT)
    for options, code in (((), 1), (("--exclude", "a/**"), 3)):
        answer = program("gate", *options, "--timeout", "5", "oci:missing", ".")
        assert answer.code == code
        assert ("root-user" in answer.out) is (code == 1)


def test_a_glob_that_matches_nothing_is_wrong_usage(program: Program) -> None:
    answer = program("check", "--exclude", "../a")
    assert answer.code == 2
    assert "--exclude: a glob cannot leave its folder" in answer.err


@pytest.mark.parametrize("name", ["sarif", "github"])
def test_files_are_named_from_the_root_of_the_repository(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    write(here, llm__serving__Dockerfile=ROOT)
    monkeypatch.chdir(here / "llm")
    command = ("check", *RULES, "serving", "--format", name)
    assert "llm/serving/Dockerfile" not in program(*command).out
    (here / ".git").mkdir()
    assert "llm/serving/Dockerfile" in program(*command).out
    assert "llm/serving/Dockerfile" not in program(*command[:-1], "text").out
    monkeypatch.chdir(here)
    assert "llm/serving/Dockerfile" in program("check", *RULES, "--format", name).out


def test_an_analysis_has_the_name_that_it_is_given(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    for options, name in (((), "imagelint-check/"), (("--category", "serving"), "serving/")):
        sarif = json.loads(program("check", *RULES, "--format", "sarif", *options).out)
        assert sarif["runs"][0]["automationDetails"] == {"id": name}


def test_only_some_rules_run(program: Program, here: Path) -> None:
    write(here, Dockerfile=LOW.replace("USER 10001\n", ""))
    both = program("check", *RULES, "--fail-on", "low", "--format", "concise").out
    assert "high[root-user]" in both
    assert "low[apt-lists-kept]" in both
    for name in ("apt-lists-kept", "packages"):
        one = program("check", *RULES, "--only", name, "--format", "concise")
        assert one.code == 0
        assert "root-user" not in one.out
        assert "low[apt-lists-kept]" in one.out
    assert program("check", *RULES, "--only", "packages", "--only", "root-user").code == 1


def test_a_rule_that_only_runs_is_on_with_the_severity_of_the_policy(
    program: Program, here: Path
) -> None:
    write(here, Dockerfile=ROOT)
    (here / ".imagelint.yaml").write_text(policy("rules: {root-user: low}"))
    assert "low[root-user]" in program("check", "--only", "root-user").out
    (here / ".imagelint.yaml").write_text(policy("rules: {root-user: off}"))
    answer = program("check", "--only", "root-user")
    assert (answer.code, "high[root-user]" in answer.out) == (1, True)
    assert "1 rule on" in answer.out


# -- How much is shown --------------------------------------------------------------------------


def test_a_line_a_finding(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    answer = program("check", *RULES, "--format", "concise", "Dockerfile", "missing")
    assert answer.code == 1
    assert answer.out == (
        "Dockerfile:1:6: high[root-user] no USER: `python` runs as root\n"
        "missing: problem[unreadable] no such file or folder\n"
        "fail: 1 finding at high or above: 1 high; 1 problem (unreadable): missing\n"
    )


@pytest.mark.parametrize("name", ["text", "concise"])
def test_the_less_severe_need_not_be_shown(program: Program, here: Path, name: str) -> None:
    write(here, Dockerfile=LOW)
    options = (*RULES, "--fail-on", "low", "--format", name)
    assert "apt-lists-kept" in program("check", *options, "--min-severity", "low").out
    less = program("check", *options, "--min-severity", "medium")
    assert less.code == 1
    assert "apt-lists-kept" not in less.out
    assert "2 below medium not shown" in less.out


def test_programs_are_shown_everything(program: Program, here: Path) -> None:
    write(here, Dockerfile=LOW)
    options = (*RULES, "--min-severity", "critical", "--format", "json")
    assert len(json.loads(program("check", *options).out)["findings"]) == 2


@pytest.mark.parametrize("name", ["text", "concise"])
def test_findings_are_counted_by_rule(program: Program, here: Path, name: str) -> None:
    write(here, Dockerfile=ROOT, a__Dockerfile=ROOT, b__Dockerfile=LOW)
    answer = program("check", *RULES, "--statistics", "--format", name)
    table = "2  high      root-user\n1  low       apt-lists-kept\n1  low       apt-recommends\n"
    assert table in answer.out
    assert table not in program("check", *RULES, "--format", name).out


def test_what_is_said_of_many_places_is_said_once(program: Program, here: Path) -> None:
    for number in range(14):
        write(here, **{f"s{number:02}__Dockerfile": ROOT})
    answer = program("check", *RULES)
    assert answer.out.count("high[root-user]") == 1
    assert "s00/Dockerfile:1:6" in answer.out
    assert "= also: s01/Dockerfile:1, s02/Dockerfile:1, " in answer.out
    assert "s10/Dockerfile:1 and 3 more (--verbose)\n" in answer.out
    assert "found    14 findings (14 high)\n" in answer.out
    assert "s13/Dockerfile:1\n" in program("check", *RULES, "--verbose").out
    two = program("check", *RULES, "s00", "s01").out
    assert two.count("high[root-user]") == 2
    assert "= also:" not in two


def test_a_rule_is_linked_once(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT, a__Dockerfile=ROOT)
    link = "   = see: https://imagelint.dev/rules/root-user\n"
    assert program("check", *RULES).out.count(link) == 1


def test_an_explanation_is_no_markdown(program: Program) -> None:
    for rule in ("root-user", "pip-cache-kept", "unpinned-image"):
        said = program("explain", rule).out
        assert said.startswith(f"{rule}\n")
        assert not re.search(r"(?m)^#|`|\*\*", said)
    assert "\nBad, Dockerfile:\n\n    FROM " in program("explain", "root-user").out


# -- Names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("chekc",), "there is no command 'chekc': did you mean `check`?"),
        (("check", "--format", "jsn"), "did you mean `json`?"),
        (("check", "--kind", "dockerfil", "a"), "did you mean `dockerfile`?"),
        (("check", "--policy", "strictt"), "did you mean `strict`?"),
        (("check", "--rule", "root-usr=off"), "did you mean `root-user`?"),
        (("check", "--rule", "root-user=hgh"), "did you mean `root-user=high`?"),
        (("check", "--fail-on", "hihg"), "did you mean `high`?"),
        (("check", "--only", "root-usr"), "did you mean `root-user`?"),
        (("check", "--only", "secret"), "did you mean `secrets`?"),
        (("check", "--only", "xyzzyplugh"), "see `imagelint rules`"),
    ],
)
def test_what_is_nearly_a_name_is_helped(
    program: Program, arguments: tuple[str, ...], hint: str
) -> None:
    answer = program(*arguments)
    assert answer.code == 2
    assert hint in answer.err


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("check", "--policy-from", ""), "`--policy-from` is given nothing"),
        (("check", "--policy-from=", "."), "`--policy-from` is given nothing"),
        (("check", "--since="), "`--since` is given nothing"),
        (("gate", "oci:image", "--key", "", "."), "`--key` is given nothing"),
        (("gate", "oci:image", "--evaluation="), "`--evaluation` is given nothing"),
        (("gate", "oci:image", "--scorecard="), "`--scorecard` is given nothing"),
        (("scan", "oci:image", "--kev="), "`--kev` is given nothing"),
        (("scan", "oci:image", "--platform="), "`--platform` is given nothing"),
        (("policy", "show", "--policy-from="), "`--policy-from` is given nothing"),
        (("check", ""), "an argument is empty"),
    ],
)
def test_a_demand_of_an_unset_variable_is_not_dropped(
    program: Program, here: Path, arguments: tuple[str, ...], what: str
) -> None:
    write(here, Dockerfile=GOOD)
    answer = program(*arguments)
    assert answer.code == 2
    assert what in answer.err


def test_a_value_may_end_with_an_equals_sign(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    assert program("check", *RULES, "--build-arg=A=", "--build-arg", "B=").code == 0


@pytest.mark.parametrize("arguments", [(), ("policy",)])
def test_bare_commands_print_their_help(program: Program, arguments: tuple[str, ...]) -> None:
    answer = program(*arguments)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == program(*arguments, "--help").out


def test_names_are_completed() -> None:
    assert completed("") == list(COMMANDS)
    assert completed("check", "--format", "") == list(FORMATS)
    assert completed("check", "--policy", "") == list(PACKS)
    assert completed("check", "--policy-from=", "--format", "sar") == ["sarif"]
    assert completed("check", "--policy", "./ours") == ["file"]
    assert completed("check", "--kind", "docker") == ["dockerfile"]
    assert completed("check", "--rule", "root-u") == ["root-user="]
    assert completed("check", "--rule", "root-user=cr") == ["root-user=critical"]
    assert completed("check", "--only", "sec") == [
        name for name in (*FAMILIES, *catalog.names()) if name.startswith("sec")
    ]
    assert completed("explain", "root-u") == ["root-user"]
    assert completed("check", "--min-severity", "cri") == ["critical"]


@pytest.mark.parametrize(
    "before",
    [
        ("check",),
        ("check", "--baseline"),
        ("check", "--write-baseline"),
        ("gate", "image"),
        ("policy", "check"),
    ],
)
def test_paths_are_completed_by_the_shell(before: tuple[str, ...]) -> None:
    assert completed(*before, "Dock") == ["file"]


def test_wrong_usage_is_an_annotation_in_a_job(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert "::error" not in program("check", "--rule", "root-usr=off").err
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    said = program("check", "--rule", "root-usr=%off\n::stop-commands::x").err
    (line,) = (line for line in said.splitlines() if line.startswith("::"))
    assert line == (
        "::error title=imagelint::--rule: there is no rule 'root-usr'%0Adid you mean `root-user`?"
    )


@pytest.mark.parametrize(
    ("image", "help_"),
    [
        ("docker://alpine:3.20", "write `alpine:3.20`"),
        ("containers-storage:alpine:3.20", "`docker-daemon:alpine:3.20`"),
        ("docker-daemon:", "write `docker-daemon:NAME:TAG`"),
        ("docker-archive:", "write `docker-archive:FILE`"),
        ("./layout/", "write `oci:./layout/` for an OCI layout"),
        ("Not an image", "`oci:FOLDER`"),
    ],
)
@pytest.mark.parametrize("command", ["scan", "verify", "gate"])
def test_images_that_are_not_read_are_told_the_form_to_use(
    program: Program, here: Path, command: str, image: str, help_: str
) -> None:
    (here / "layout").mkdir()
    answer = program(command, image)
    assert answer.code == 2
    assert help_ in answer.err


def test_what_is_deployed_is_compared_with_what_is_gated(program: Program, here: Path) -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n"
    (here / "pod.yaml").write_text(f"{text}  - {{name: a, image: '127.0.0.1:1/llm:1.3'}}\n")
    answer = program("gate", "127.0.0.1:1/llm:1.4", "pod.yaml", "--offline", *RULES)
    assert "`127.0.0.1:1/llm:1.3` is deployed, and `127.0.0.1:1/llm:1.4`" in answer.out
    assert "ungated-image" not in program("check", "pod.yaml", *RULES).out


@pytest.mark.parametrize(
    ("others", "told"),
    [((), True), (("other/Dockerfile",), False)],
)
def test_the_only_dockerfile_is_that_of_the_gated_image(
    program: Program, here: Path, others: tuple[str, ...], *, told: bool
) -> None:
    server = 'CMD ["vllm", "serve", "/m", "--tensor-parallel-size", "4"]\n'
    (here / "Dockerfile").write_text(f"FROM python:3.12\nUSER 1000\n{server}")
    for name in others:
        (here / name).parent.mkdir()
        (here / name).write_text("FROM alpine:3.20\n")
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n"
    pod += "  - {name: a, image: '127.0.0.1:1/llm:1.4', resources: {limits: {nvidia.com/gpu: 2}}}\n"
    (here / "pod.yaml").write_text(pod)
    words = ("127.0.0.1:1/llm:1.4", ".", "--offline", "--policy", "gpu-serving")
    answer = program("gate", *words)
    assert ("tensor parallel 4 = 4 GPUs, and 2 are requested" in answer.out) is told
    assert "tp-vs-gpus" not in program("check", "--only", "tp-vs-gpus", ".").out
