from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from imagelint.cli.options.formats import FORMATS
from imagelint.rules import catalog
from tests.cli.projects import GOOD, LOW, POD, ROOT, policy, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from imagelint.rules.api import Context, Findings
    from tests.conftest import Program

RULES = ("--policy", "recommended")


@pytest.fixture
def broken_rule(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make a rule fail on everything that it sees."""

    def crash(_node: object, _ctx: Context, *_options: object) -> Findings:
        raise ZeroDivisionError("hf_" + "a" * 34)

    load = catalog.load

    def break_rule(name: str) -> None:
        broken = load(name)._replace(check=crash)
        monkeypatch.setattr(catalog, "load", lambda asked: broken if asked == name else load(asked))

    return break_rule


def test_nothing_to_say_is_a_pass(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    answer = program("check", *RULES)
    assert (answer.code, answer.err) == (0, "")
    assert "verdict  pass" in answer.out


def test_a_finding_at_the_threshold_fails(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    answer = program("check", *RULES)
    assert answer.code == 1
    assert "high[root-user]" in answer.out
    assert "Dockerfile:1:6" in answer.out


def test_a_finding_below_the_threshold_passes(program: Program, here: Path) -> None:
    write(here, Dockerfile=LOW)
    assert program("check", *RULES).code == 0
    assert program("check", *RULES, "--fail-on", "low").code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--nonsense"),
        ("check", "--format", "xml"),
        ("check", "--fail-on", "severe"),
        ("check", "--jobs", "-1"),
        ("nonsense",),
        ("check", "--policy", "missing.yaml"),
        ("check", "--policy", "no-such-pack"),
        ("check", "--rule", "no-such-rule=off"),
        ("check", "--rule", "root-user=severe"),
        ("check", "--rule", "root-user"),
        ("check", "--baseline", "missing.json"),
        ("check", "-", "Dockerfile"),
        ("check", "--kind", "template", "Dockerfile"),
        ("check", "--format", "text", "--format", "json"),
        ("check", "--format", "json=missing/report.json"),
        ("check", "--write-baseline", "missing/baseline.json"),
    ],
)
def test_wrong_usage_is_told_apart(
    program: Program, here: Path, arguments: tuple[str, ...]
) -> None:
    write(here, Dockerfile=GOOD)
    answer = program(*arguments)
    assert answer.code == 2
    assert answer.err.startswith("error: ")
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("check", "--rule", "root-usr=off"), "did you mean `root-user`?"),
        (("check", "--rule", "xyzzyplugh=off"), "see `imagelint rules`"),
        (("check", "--rule", "root-user=severe"), "off, on, critical, high, medium, low, info"),
        (("check", "--formt", "json"), "--format"),
        (("check", "--nonsense"), "try 'imagelint check --help'"),
        (
            ("check", "--format", "xml"),
            "there are text, concise, json, sarif, github, summary",
        ),
        (
            ("check", "--kind", "terraform", "a"),
            "there are policy, evaluation-plan, ignore, requirements",
        ),
        (("explain", "DL9999"), "see `imagelint rules`"),
        (("explain", "root-userr"), "did you mean root-user?"),
    ],
)
def test_wrong_usage_is_helped(program: Program, arguments: tuple[str, ...], hint: str) -> None:
    answer = program(*arguments)
    assert answer.code == 2
    assert hint in answer.err


def test_nothing_to_examine_is_no_pass(program: Program) -> None:
    answer = program("check", *RULES)
    assert answer.code == 3
    assert "no file was examined" in answer.out


def test_candidates_may_be_none_of_ours(program: Program, here: Path) -> None:
    write(here, settings_yaml="a: 1\n", Dockerfile=ROOT)
    assert program("check", *RULES, "settings.yaml").code == 3
    assert program("check", *RULES, "--candidates", "settings.yaml").code == 0
    assert program("check", *RULES, "--candidates", "settings.yaml", "Dockerfile").code == 1
    assert program("check", *RULES, "--candidates", "missing.yaml").code == 3


def test_what_cannot_be_read_is_no_pass(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    answer = program("check", *RULES, "Dockerfile", "missing.yaml")
    assert answer.code == 3
    assert "no such file or folder" in answer.out
    assert "examined 1 document" in answer.out


def test_a_violation_outweighs_what_cannot_be_read(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    answer = program("check", *RULES, "Dockerfile", "missing.yaml")
    assert answer.code == 1
    assert "missing.yaml" in answer.out


def test_a_broken_rule_is_our_defect_and_the_rest_is_reported(
    program: Program, here: Path, broken_rule: Callable[[str], None]
) -> None:
    write(here, Dockerfile=ROOT, pod_yaml=POD)
    broken_rule("unpinned-image")
    answer = program("check", *RULES)
    assert answer.code == 4
    assert "the rule unpinned-image crashed: ZeroDivisionError" in answer.out
    assert "high[root-user]" in answer.out
    assert "pod.yaml" in answer.out
    assert "hf_aaa" not in answer.out


def test_what_a_broken_rule_left_is_not_remembered(
    program: Program,
    here: Path,
    broken_rule: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(here, Dockerfile=GOOD)
    broken_rule("root-user")
    assert program("check", *RULES).code == 4
    monkeypatch.undo()
    monkeypatch.chdir(here)
    monkeypatch.setenv("XDG_CACHE_HOME", str(here.parent / "cache"))
    assert program("check", *RULES).code == 0


def test_each_format_goes_to_its_own_place(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    names = ("json", "sarif", "github", "summary", "outputs")
    formats = [part for name in names for part in ("--format", f"{name}=out/{name}")]
    (here / "out").mkdir()
    answer = program("check", *RULES, "--format", "text", *formats)
    assert answer.code == 1
    assert "high[root-user]" in answer.out
    assert json.loads((here / "out/json").read_text())["verdict"]["outcome"] == "fail"
    assert json.loads((here / "out/sarif").read_text())["version"] == "2.1.0"
    assert "::error" in (here / "out/github").read_text()
    assert "verdict=fail\n" in (here / "out/outputs").read_text()
    assert "root-user" in (here / "out/summary").read_text()


def test_the_code_does_not_depend_on_the_format(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    for name in FORMATS:
        assert program("check", *RULES, "--format", name).code == 1, name


@pytest.mark.parametrize("formats", [("text", "json"), ("json=a", "sarif=a")])
def test_two_formats_for_one_place_are_refused(
    program: Program, here: Path, formats: tuple[str, str]
) -> None:
    write(here, Dockerfile=GOOD)
    answer = program("check", *RULES, "--format", formats[0], "--format", formats[1])
    assert answer.code == 2
    assert "two formats want one output" in answer.err
    assert not (here / "a").exists()


def test_standard_input_is_examined_under_its_name(program: Program, here: Path) -> None:
    answer = program(
        "check", *RULES, "-", "--stdin-filename", "deploy/Dockerfile", stdin=ROOT.encode()
    )
    assert answer.code == 1
    assert "deploy/Dockerfile:1:6" in answer.out


def test_standard_input_tells_what_it_is_where_nobody_does(program: Program) -> None:
    answer = program("check", *RULES, "-", stdin=ROOT.encode())
    assert answer.code == 1
    assert "-:1:6" in answer.out
    answer = program("check", *RULES, "-", stdin=b"good morning\n")
    assert answer.code == 3
    assert "problem[unrecognised]: its kind cannot be told" in answer.out
    assert program("check", *RULES, "-", "--candidates", stdin=b"good morning\n").code == 0


TOKEN = "token: hf_" + "QkzTbWnPvRmXcLdYsJgHfAuEoIrNqZtVwB\n"


@pytest.mark.parametrize("name", ["notes", "settings.yaml", "x.py", "package.json"])
def test_a_named_file_of_no_kind_is_no_pass(program: Program, here: Path, name: str) -> None:
    write(here, Dockerfile=GOOD)
    (here / name).write_text("name: a\n", encoding="utf-8")
    assert program("check", *RULES, ".").code == 0
    for asked in ((name,), (name, "Dockerfile"), (".", name)):
        answer = program("check", *RULES, *asked)
        assert answer.code == 3
        assert "problem[unrecognised]: its kind cannot be told by its name or its content" in (
            answer.out
        )
        assert "help: say what it is (`--kind dockerfile`), or that it may be none" in answer.out
    assert program("check", *RULES, "-", "--stdin-filename", name, stdin=b"a\n").code == 3


def test_a_named_file_of_no_kind_is_searched_for_secrets(program: Program, here: Path) -> None:
    (here / "notes").write_text(TOKEN, encoding="utf-8")
    for _ in "again":
        answer = program("check", *RULES, "notes")
        assert answer.code == 1
        assert "critical[secret-value]" in answer.out
        assert "1 problem (unrecognised)" in answer.out
    assert program("check", *RULES, "--candidates", "notes").code == 0
    assert program("check", *RULES, "-", stdin=TOKEN.encode()).code == 1


def test_a_named_file_is_what_it_is_said_to_be(program: Program, here: Path) -> None:
    recipe = f"# {TOKEN}ONBUILD RUN true\n" + ROOT
    write(here, Dockerfile=GOOD)
    (here / "recipe.txt").write_text(ROOT, encoding="utf-8")
    (here / "notes").write_text("good morning\n", encoding="utf-8")
    assert program("check", *RULES, "recipe.txt").code == 3
    for _ in "again":
        answer = program("check", *RULES, "--kind", "dockerfile", ".", "recipe.txt")
        assert answer.code == 1
        assert "high[root-user]" in answer.out
        assert "examined 2 documents (2 dockerfile)" in answer.out
    answer = program("check", *RULES, "--kind", "text", "notes")
    assert (answer.code, "examined 1 document (1 text)" in answer.out) == (0, True)
    answer = program("check", *RULES, "--kind", "dockerfile", "-", stdin=recipe.encode())
    assert "high[root-user]" in answer.out
    answer = program("check", *RULES, "--kind", "kubernetes", "recipe.txt")
    assert "high[object-without-kind]" in answer.out


@pytest.mark.parametrize("paths", [(), (".",), ("missing",)])
def test_a_kind_is_said_of_files(program: Program, here: Path, paths: tuple[str, ...]) -> None:
    write(here, Dockerfile=GOOD)
    answer = program("check", *RULES, "--kind", "compose", *paths)
    assert answer.code == 2
    assert "--kind compose: of which file?" in answer.err


def test_what_the_policy_excludes_is_excluded_by_name_too(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD, a__Dockerfile=ROOT)
    (here / ".imagelint.yaml").write_text(policy("exclude: [a/**]", "[recommended]"))
    assert program("check", "a/Dockerfile").code == 3
    assert "1 ignored (1 excluded by the policy)" in program("check", "a/Dockerfile").out
    assert program("check", "--candidates", "a/Dockerfile", "Dockerfile").code == 0
    stdin = ("-", "--stdin-filename", "a/Dockerfile")
    assert program("check", *stdin, stdin=ROOT.encode()).code == 3


def test_standard_input_obeys_the_policy_where_it_would_stand(program: Program, here: Path) -> None:
    (here / "deploy").mkdir()
    (here / "deploy/.imagelint.yaml").write_text(policy("rules: {root-user: low}"))
    answer = program("check", "-", "--stdin-filename", "deploy/Dockerfile", stdin=ROOT.encode())
    assert answer.code == 0
    assert "low[root-user]" in answer.out


def test_binary_standard_input_is_a_problem(program: Program) -> None:
    answer = program("check", *RULES, "-", stdin=b"\0\1\2")
    assert answer.code == 3
    assert "binary" in answer.out


def test_endless_standard_input_is_a_problem(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagelint.collect.read.LARGEST_FILE", 10)
    answer = program("check", *RULES, "-", stdin=b"FROM python:3.12\n")
    assert answer.code == 3
    assert "too-large" in answer.out


def test_a_rule_may_be_set_from_the_command_line(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    assert program("check", *RULES, "--rule", "root-user=off").code == 0
    assert program("check", *RULES, "--rule", "root-user=low").code == 0
    critical = program("check", *RULES, "--rule", "root-user=critical")
    assert "critical[root-user]" in critical.out
    back = program("check", *RULES, "--rule", "root-user=off", "--rule", "root-user=on")
    assert "high[root-user]" in back.out


def test_a_baseline_lets_a_project_begin_today(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    written = program("check", *RULES, "--write-baseline", "baseline.json")
    assert "wrote baseline.json: 1 finding\n" in written.err
    assert written.code == 0
    assert "1 allowed" in written.out
    held = program("check", *RULES, "--baseline", "baseline.json")
    assert held.code == 0
    assert "1 allowed" in held.out
    write(here, Dockerfile="# moved\n\n" + ROOT)
    assert program("check", *RULES, "--baseline", "baseline.json").code == 0
    write(here, other_Dockerfile=ROOT)
    assert program("check", *RULES, "--baseline", "baseline.json").code == 1


def test_a_baseline_that_is_written_again_keeps_what_it_held(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    program("check", *RULES, "--write-baseline", "baseline.json")
    before = (here / "baseline.json").read_bytes()
    program("check", *RULES, "--baseline", "baseline.json", "--write-baseline", "baseline.json")
    assert (here / "baseline.json").read_bytes() == before


def test_what_is_mended_can_leave_the_baseline(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT, a_Dockerfile=ROOT)
    program("check", *RULES, "--write-baseline", "baseline.json")
    write(here, Dockerfile=GOOD)
    one = program("check", *RULES, "--baseline", "baseline.json")
    assert "no longer found, drop from the baseline: Dockerfile root-user\n" in one.err
    write(here, a_Dockerfile=GOOD)
    both = program("check", *RULES, "--baseline", "baseline.json")
    assert "Dockerfile root-user and 1 more" in both.err


def test_a_baseline_holds_wherever_the_user_stands(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, Dockerfile=ROOT, a__Dockerfile=ROOT, a__b__Dockerfile=ROOT)
    (here / "ci").mkdir()
    written = program("check", *RULES, "--write-baseline", "ci/baseline.json")
    assert written.code == 0
    held = json.loads((here / "ci/baseline.json").read_text())["findings"]
    origins = ["../Dockerfile", "../a/Dockerfile", "../a/b/Dockerfile"]
    assert [each["origin"] for each in held] == origins
    assert program("check", *RULES, "--baseline", "ci/baseline.json").code == 0
    monkeypatch.chdir(here / "a")
    inside = program("check", *RULES, "--baseline", "../ci/baseline.json")
    assert (inside.code, inside.err) == (0, "")
    assert program("check", *RULES, "--baseline", "../ci/baseline.json", "b").code == 0
    write(here, a__Dockerfile=GOOD)
    mended = program("check", *RULES, "--baseline", "../ci/baseline.json", ".")
    assert "no longer found, drop from the baseline: ../a/Dockerfile root-user\n" in mended.err
    assert program("check", *RULES, "--baseline", "../ci/baseline.json", "b").err == ""


def test_a_policy_may_name_its_baseline(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, a__Dockerfile=ROOT, Dockerfile=GOOD)
    assert program("check", *RULES, "--write-baseline", "ci_baseline.json").code == 0
    (here / ".imagelint.yaml").write_text(policy("baseline: ci_baseline.json", "[recommended]"))
    assert (program("check").code, "1 allowed" in program("check").out) == (0, True)
    assert program("check", "--rule", "root-user=high").code == 1
    monkeypatch.chdir(here / "a")
    assert (program("check").code, program("check").err) == (0, "")
    write(here, a__Dockerfile=GOOD)
    assert "drop from the baseline: a/Dockerfile root-user" in program("check").err
    (here / ".imagelint.yaml").write_text(policy("baseline: missing.json", "[recommended]"))
    answer = program("check")
    assert answer.code == 2
    assert "the baseline cannot be read: no such file\n   at: ../missing.json\n" in answer.err


def test_a_pipe_that_is_named_like_a_file_of_ours_is_said(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    os.mkfifo(here / "pod.yaml")
    os.mkfifo(here / "notes")
    answer = program("check", "--format", "concise")
    assert answer.code == 3
    assert "pod.yaml: problem[unreadable] not a regular file" in answer.out
    assert "notes" not in answer.out


@pytest.mark.parametrize("name", [".imagelint", ".imagelintrc", ".imagelint.toml"])
def test_a_policy_of_another_form_is_said(program: Program, here: Path, name: str) -> None:
    write(here, Dockerfile=GOOD)
    (here / name).write_text("extends = ['strict']\n")
    answer = program("check")
    assert answer.code == 3
    assert "looks like a policy and is not read: only `.imagelint.yaml` is" in answer.out


@pytest.mark.parametrize("name", [".imagelint.yml", "imagelint.yaml", "Imagelint.YML"])
def test_what_only_looks_like_a_policy_is_said(program: Program, here: Path, name: str) -> None:
    write(here, Dockerfile=GOOD)
    (here / name).write_text(policy("rules: {root-user: off}"))
    answer = program("check")
    assert answer.code == 3
    assert "looks like a policy and is not read: only `.imagelint.yaml` is" in answer.out
    assert name in answer.out
    assert program("check", *RULES).code == 0
    (here / ".imagelint.yaml").write_text(policy("", f"[./{name}]"))
    assert program("check").code == (0 if name.endswith("l") else 2)


@pytest.mark.parametrize(("today", "code"), [("2030-01-09", 0), ("2030-01-10", 1)])
def test_an_ignore_of_trivy_ends_on_its_day(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch, today: str, code: int
) -> None:
    monkeypatch.setattr("imagelint.collect.environment.today", lambda: today)
    comment = "# trivy:ignore:DS-0002:exp:2030-01-10\n"
    write(here, Dockerfile=comment + ROOT)
    for _ in ("cold", "warm"):
        assert program("check", *RULES).code == code
    pod = POD.replace("    - name", "    # trivy:ignore:KSV-0014:exp:2030-01-10\n    - name")
    (here / "Dockerfile").unlink()
    write(here, pod_yaml=pod)
    only = ("--only", "writable-root", "--fail-on", "low")
    assert program("check", *RULES, *only).code == code


def test_a_folder_fails_by_its_own_policy(program: Program, here: Path) -> None:
    write(here, a__Dockerfile=ROOT, b__Dockerfile=ROOT)
    (here / "a/.imagelint.yaml").write_text(policy("fail-on: critical", "[recommended]"))
    (here / "b/.imagelint.yaml").write_text(policy("fail-on: low", "[recommended]"))
    assert program("check", "a").code == 0
    assert program("check", "b").code == 1
    both = program("check")
    assert both.code == 1
    assert both.out.endswith("verdict  fail\n         - 1 finding at low or above: 1 high\n")
    write(here, b__Dockerfile=GOOD)
    assert program("check").code == 0
    assert "below critical" in program("check", "a").out


def test_the_policy_is_named_in_every_verdict(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    said = program("check", "--policy", "baseline").out
    named = r"(?m)^policy   baseline \(\d+ rules on\) sha256:[0-9a-f]{64}$"
    assert re.search(named, said)
    (here / ".imagelint.yaml").write_text("name: ours\nrules: {root-user: low}\n")
    for paths in ((), ("Dockerfile",), ("missing",)):
        (entry,) = json.loads(program("check", *paths, "--format", "json").out)["evidence"]
        assert entry["value"].startswith("ours (.imagelint.yaml, ")
    empty = program("check", "--policy", "baseline", "nothing").out
    assert "policy   baseline (" in empty


def test_a_policy_alone_is_nothing_that_is_judged(program: Program, here: Path) -> None:
    (here / ".imagelint.yaml").write_text("name: ours\n")
    for paths in ((), (".imagelint.yaml",)):
        answer = program("check", *paths)
        assert answer.code == 3
        assert "- no file was examined, only a policy: name what it judges\n" in answer.out


@pytest.mark.parametrize(
    "paths",
    [
        *((), (".",), ("../project",), ("./a/..",), ("a", "..")),
        ("a", "Dockerfile", ".imagelint.yaml"),
        ("../project/.imagelint.yaml", "./Dockerfile", "a/Dockerfile"),
    ],
)
def test_the_whole_project_is_whatever_lies_below_its_policy(
    program: Program, here: Path, paths: tuple[str, ...]
) -> None:
    write(here, Dockerfile=GOOD, a__Dockerfile=GOOD)
    waiver = "waivers: [{rule: root-user, reason: a, until: 2999-01-31}]"
    (here / ".imagelint.yaml").write_text(policy(waiver, "[recommended]"))
    assert "unused-allowance" in program("check", *paths).out
    assert "unused-allowance" not in program("check", "a").out
    assert "unused-allowance" not in program("check", "Dockerfile", "a/Dockerfile").out
    assert "unused-allowance" not in program("check", "Dockerfile", ".imagelint.yaml").out


def test_what_is_not_checked_out_is_not_called_unused_or_stale(
    program: Program, here: Path
) -> None:
    write(here, Dockerfile=GOOD, a__Dockerfile=ROOT)
    program("check", *RULES, "--write-baseline", "baseline.json")
    waiver = "waivers: [{rule: root-user, path: a/Dockerfile, reason: a, until: 2999-01-31}]"
    (here / ".imagelint.yaml").write_text(policy(waiver, "[recommended]"))
    for command in ("init -q", "add .", "update-index --skip-worktree a/Dockerfile"):
        subprocess.run(["git", *command.split()], check=True)
    (here / "a" / "Dockerfile").unlink()
    answer = program("check", "--baseline", "baseline.json")
    assert "unused-allowance" not in answer.out
    assert "1 tracked by git and not checked out" in answer.out
    assert "no longer found" not in answer.err
    subprocess.run(["git", "update-index", "--no-skip-worktree", "a/Dockerfile"], check=True)
    answer = program("check", "--baseline", "baseline.json")
    assert "unused-allowance" in answer.out
    assert "no longer found" in answer.err


def test_a_part_of_the_project_is_not_the_whole(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, a__Dockerfile=GOOD)
    waiver = "waivers: [{rule: root-user, reason: a, until: 2999-01-31}]"
    (here / ".imagelint.yaml").write_text(policy(waiver, "[recommended]"))
    monkeypatch.chdir(here / "a")
    assert "unused-allowance" not in program("check").out
    assert "unused-allowance" in program("check", "..").out


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 99}', b"\0", b"\xff\xfe{\0}\0"]
)
def test_a_broken_baseline_is_wrong_usage(program: Program, here: Path, content: bytes) -> None:
    write(here, Dockerfile=GOOD)
    (here / "baseline.json").write_bytes(content)
    answer = program("check", *RULES, "--baseline", "baseline.json")
    assert answer.code == 2
    assert "baseline.json" in answer.err


def test_some_findings_never_enter_a_baseline(program: Program, here: Path) -> None:
    write(here, Dockerfile="# imagelint: allow root-user\n" + ROOT)
    answer = program("check", *RULES, "--write-baseline", "baseline.json")
    assert "never part of a baseline" in answer.err
    again = program("check", *RULES, "--baseline", "baseline.json", "--fail-on", "info")
    assert again.code == 1


def test_colours_are_for_terminals_and_those_who_ask(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    assert "\x1b[" not in program("check", *RULES).out
    assert "\x1b[" in program("check", *RULES, "--color", "always").out
    assert "\x1b[" not in program("check", *RULES, "--color", "never").out
    report = program("check", *RULES, "--color", "always", "--format", "text=report.txt")
    assert report.out == ""
    assert "\x1b[" not in (here / "report.txt").read_text()


def test_a_broken_policy_says_where(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    (here / ".imagelint.yaml").write_text("rules:\n  root-usr: high\nfail-on: sometimes\n")
    answer = program("check")
    assert answer.code == 2
    assert "at: .imagelint.yaml:2:3" in answer.err
    assert "did you mean `root-user`?" in answer.err
    assert "at: .imagelint.yaml:3:10" in answer.err


def test_a_run_may_be_all_there_is(program: Program, here: Path) -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: llm}\n"
    write(here, service_yaml=f"{service}spec: {{selector: {{app: llm}}, ports: [{{port: 80}}]}}\n")
    rules = ("--rule", "selector-without-match=on")
    assert program("check", *RULES, *rules).code == 0
    assert program("check", *RULES, *rules, "--closed").code == 1
    write(here, _imagelint_yaml=policy("closed: true\nrules: {selector-without-match: on}\n"))
    assert program("check").code == 1


@pytest.mark.parametrize(
    ("place", "told"),
    [("ci/tests/server", True), ("ci/server/tests", False)],
    ids=["above", "its-own"],
)
def test_where_a_checkout_is_does_not_tell_what_its_files_are_for(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch, place: str, *, told: bool
) -> None:
    folder = here / place
    folder.mkdir(parents=True)
    (folder / "requirements.txt").write_text("vllm>=0.9\n", encoding="utf-8")
    elsewhere = here / "a" / "b" / "c"
    elsewhere.mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    path = str(folder / "requirements.txt")
    answer = program("check", path, *RULES, "--only", "unpinned-requirement")
    assert ("unpinned-requirement" in answer.out) is told


def test_a_folder_is_examined_alike_from_wherever_one_stands(
    program: Program, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose = """\
services:
  llm:
    image: vllm/vllm-openai:v0.30.0
    command: [--model, Qwen/Qwen3-8B]
    ports: ["127.0.0.1:8001:8000"]
  chat:
    image: team/chat:1
    environment: {URL: "http://llm:8001/v1"}
"""
    scrapes = """\
scrape_configs:
  - job_name: llm
    static_configs: [{targets: ["llm:8001"]}]
"""
    write(here, **{"compose.yaml": compose, "prometheus.yml": scrapes})
    elsewhere = tmp_path / "far" / "away" / "from" / "it"
    elsewhere.mkdir(parents=True)

    def rules(*words: str) -> list[str]:
        report = json.loads(program("check", *words, "--format", "json").out)
        return [finding["rule"] for finding in report["findings"]]

    beside = rules()
    assert {"unanswered-address", "wrong-metrics-port"} <= set(beside)
    monkeypatch.chdir(elsewhere)
    assert rules(str(here)) == beside


SPREAD = {
    "pods/llm.yaml": """\
apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  containers:
    - name: server
      image: vllm/vllm-openai:v0.30.0
      envFrom: [{configMapRef: {name: told}}]
      args: [--model, Qwen/Qwen3-8B, --tensor-parallel-size, $(TP)]
      resources: {limits: {nvidia.com/gpu: 2}}
""",
    "maps/told.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata: {name: told}
data: {TP: "4"}
""",
}


def test_a_folder_without_a_repository_is_one_from_wherever_one_stands(
    program: Program, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, **SPREAD)
    elsewhere = tmp_path / "far" / "away" / "from" / "it"
    elsewhere.mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    assert "tp-vs-gpus" in program("check", str(here)).out
    # Files that are named alone are of no folder that one could look around in.
    paths = [str(here / name) for name in SPREAD]
    assert "tp-vs-gpus" not in program("check", *paths).out


def test_what_is_remembered_is_of_the_repository_that_there_was(
    program: Program, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, **SPREAD)
    elsewhere = tmp_path / "far" / "away" / "from" / "it"
    elsewhere.mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    paths = [str(here / name) for name in SPREAD]
    assert "tp-vs-gpus" not in program("check", *paths).out
    subprocess.run(["git", "init", "-q"], cwd=here, check=True)
    assert "tp-vs-gpus" in program("check", *paths).out
