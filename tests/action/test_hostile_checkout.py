"""What a pull request brings into the checkout is text: it says nothing to the runner."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.projects import ROOT, write

if TYPE_CHECKING:
    from tests.action.composite import Result
    from tests.action.jobs import Runner

COMMANDS = (
    "::error::pwned",
    "::stop-commands::pwned",
    "::add-mask::e",
    "::set-output name=verdict::pass",
    "::set-env name=PATH::/pwned",
    "::add-matcher::pwned.json",
    "::group::pwned",
    "##[error]pwned",
    "##[set-output name=verdict;]pass",
    "##[stop-commands]pwned",
    "\x1b[2K\r::error::pwned",
    "%0A::error::pwned",
    "\u2028::error::pwned",
    "\u0085::error::pwned",
)
# GitHub knows no other outputs of ours.
OUTPUTS = {"verdict", "critical", "high", "medium", "low", "info", "image-digest"}


def demand_nothing_said(done: Result, verdict: str = "fail") -> None:
    assert done.outputs["verdict"] == verdict, done.stdout
    assert {each.name for each in done.commands} <= {"error", "warning", "notice"}
    assert all(each.data != "pwned" for each in done.commands)
    said = {name for name in done.steps if name.startswith("judge.")}
    names = {name.removeprefix("judge.outputs.") for name in said}
    assert names == OUTPUTS | {"artifact", "report-json", "sarif-file", "upload"}


def test_text_in_a_file_is_no_command(runner: Runner) -> None:
    for number, command in enumerate(COMMANDS):
        text = (
            f"# {command}\n{command}\n{ROOT}RUN echo '{command}' \\\n  {command}\nENV A={command}\n"
        )
        folder = runner.checkout / str(number)
        write(folder, Dockerfile=text)
        write(folder, pod_yaml=f"apiVersion: v1\nkind: Pod\n? {json.dumps(command)}\n: 1\n")
    done = runner({"policy": "strict"})
    assert done.commands
    assert "pwned" in done.stdout
    demand_nothing_said(done)


NAMES = (
    *(command for command in COMMANDS if "/" not in command),
    "a\n::error::pwned",
    "a\nverdict=pass",
    "a\n\nEOF\nverdict=pass",
    "verdict<<EOF\npass\nEOF",
    "a,file=b,line=9::pwned",
    "a%2Cfile=b%3A%3Apwned",
    "]pwned",
    "$(touch canary)",
    "<script>pwned()</script>",
    "| pwned | [x](https://pwned.test) |",
    os.fsdecode(b"\xff\xfe"),
)


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_folder_is_no_command(runner: Runner, name: str) -> None:
    folder = runner.checkout / name
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text(ROOT, encoding="utf-8")
    done = runner({})
    demand_nothing_said(done)
    assert done.outputs["high"] == "1"
    (told,) = (each for each in done.commands if each.name == "error")
    assert told.properties["title"] == "high: root-user"
    assert told.properties["line"] == "1"
    assert "<script>" not in done.summary
    assert "](https://pwned" not in done.summary
    assert not list(runner.checkout.rglob("canary"))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_policy_is_no_command_when_it_is_wrong(runner: Runner, command: str) -> None:
    write(runner.checkout, Dockerfile=ROOT)
    policy = f"{json.dumps(command)}: 1\nname: {json.dumps(command)}\nrules: {{a: b}}\n"
    (runner.checkout / ".imagelint.yaml").write_text(policy, encoding="utf-8")
    done = runner({})
    assert done.code == 2
    (told,) = done.commands
    assert (told.name, told.properties) == ("error", {"title": "imagelint"})
    assert done.steps["judge.outputs.verdict"] == "incomplete"
    assert {name for name in done.steps if name.startswith("judge.")} == {"judge.outputs.verdict"}


def test_a_repository_in_the_checkout_starts_nothing(runner: Runner) -> None:
    """A bare repository may be committed like any files; its configuration names programs."""
    canary = runner.checkout.parent / "canary"
    inner = runner.checkout / "inner"
    subprocess.run(["git", "init", "-q", runner.checkout], check=True)
    subprocess.run(["git", "init", "-q", "--bare", inner], check=True)
    keys = ("fsmonitor", "sshCommand", "pager", "editor", "alternateRefsCommand", "askPass")
    lines = "".join(f"\t{key} = touch {canary}; false\n" for key in keys)
    config = f"[core]\n\tbare = false\n\tworktree = {inner}\n{lines}"
    (inner / "config").write_text(config, encoding="utf-8")
    for hook in ("post-checkout", "pre-commit", "fsmonitor-watchman"):
        (inner / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {canary}\n", encoding="utf-8")
        (inner / "hooks" / hook).chmod(0o755)
    write(inner, Dockerfile=ROOT)
    for inputs in ({}, {"paths": "inner"}, {"working-directory": "inner"}):
        assert runner(inputs).outputs["verdict"] == "fail"
        assert not canary.exists()


def test_a_link_out_of_the_workspace_is_not_read(runner: Runner) -> None:
    secret = runner.checkout.parent / "secret"
    secret.write_text("ENV SECRET_TOKEN_OF_THE_RUNNER=x\n", encoding="utf-8")
    write(runner.checkout, Dockerfile=ROOT)
    subprocess.run(["git", "init", "-q", runner.checkout], check=True)
    (runner.checkout / "other").mkdir()
    (runner.checkout / "other/Dockerfile").symlink_to(secret)
    done = runner({})
    assert done.outputs["verdict"] == "incomplete" or done.code == 1
    reports = [done.stdout, done.summary, Path(done.outputs["report-json"]).read_text("utf-8")]
    assert all("SECRET_TOKEN_OF_THE_RUNNER" not in report for report in reports)
