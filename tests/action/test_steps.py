"""The steps of the action, run as GitHub's runner runs them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.action.composite import Composite, Job, Result
from tests.action.jobs import ACTION, DEFINITION, PATH, Runner
from tests.cli.projects import GOOD, ROOT, policy, write


def test_the_installed_program_is_this_version(installed: Path) -> None:
    done = subprocess.run(
        [installed / "bin/python", "-I", "-m", "imagelint", "policy", "show", "--policy", "strict"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "root-user: on" in done.stdout


def test_a_good_checkout_passes(runner: Runner, tmp_path: Path) -> None:
    write(runner.checkout, Dockerfile=GOOD)
    done = runner({})
    assert done.code == 0, done.stdout
    assert done.commands == ()
    assert done.used == ()
    assert done.outputs == {
        "verdict": "pass",
        "critical": "0",
        "high": "0",
        "medium": "0",
        "low": "0",
        "info": "0",
        "report-json": str(runner.place / "report.json"),
        "sarif-file": str(runner.place / "report.sarif"),
        "image-digest": "",
    }
    assert "pass" in done.summary


def test_a_bad_checkout_fails_with_all_reports(runner: Runner, tmp_path: Path) -> None:
    write(runner.checkout, serving__Dockerfile=ROOT)
    done = runner({"sarif": "true"})
    assert done.code == 1
    (told,) = done.commands
    assert (told.name, told.properties["title"]) == ("error", "high: root-user")
    assert (told.properties["file"], told.properties["line"]) == ("serving/Dockerfile", "1")
    assert "high[root-user]" in done.stdout
    assert (done.outputs["verdict"], done.outputs["high"]) == ("fail", "1")
    assert "root-user" in done.summary
    report = json.loads(Path(done.outputs["report-json"]).read_text(encoding="utf-8"))
    assert report["findings"][0]["rule"] == "root-user"
    sarif = json.loads(Path(done.outputs["sarif-file"]).read_text(encoding="utf-8"))
    assert sarif["runs"][0]["results"][0]["ruleId"] == "root-user"
    ((action, given),) = done.used
    assert action.startswith("github/codeql-action/upload-sarif@")
    assert given == {"sarif_file": done.outputs["sarif-file"]}
    assert sarif["runs"][0]["automationDetails"] == {"id": "imagelint:pr:judge/"}


def test_the_inputs_are_obeyed(runner: Runner, tmp_path: Path) -> None:
    checkout = runner.checkout
    write(checkout, a__Dockerfile=ROOT, b__Dockerfile=GOOD)
    (checkout / "mine.yaml").write_text(policy("rules: {root-user: off}"), encoding="utf-8")
    assert runner({"paths": "b"}).code == 0
    assert runner({"paths": "b\na\n"}).code == 1
    assert runner({"paths": ""}).code == 1
    assert runner({"policy": "recommended\n./mine.yaml\n"}).code == 0
    assert runner({"rule": "root-user=low\n\nunpinned-image=off"}).outputs["low"] == "1"
    assert runner({"rule": "root-user=low", "fail-on": "low"}).code == 1
    program = runner.place / "venv/bin/python"
    subprocess.run(
        [program, "-m", "imagelint", "check", "--no-cache", "--write-baseline", "known.json"],
        cwd=checkout,
        capture_output=True,
        check=False,
    )
    assert runner({"baseline": "known.json"}).code == 0


def test_nothing_examined_is_no_pass(runner: Runner) -> None:
    done = runner({})
    assert done.code == 3
    assert done.outputs["verdict"] == "incomplete"


@pytest.mark.parametrize("python", ['python3 -c \'open("canary", "w")\' #', "./old", "-x"])
def test_a_python_that_does_not_fit_is_said(tmp_path: Path, python: str) -> None:
    old = tmp_path / "old"
    old.write_text('#!/bin/sh\ntest "$2" != -c\n', encoding="utf-8")
    old.chmod(0o755)
    action = Composite(ACTION, Job(tmp_path, tmp_path, PATH))
    done = action.run({"python": python, "sarif": "true"})
    assert done.code == 2
    assert done.errors == ("input python: no Python of 3.11 or later: see actions/setup-python",)
    assert done.used == ()
    assert done.outputs["verdict"] == "incomplete"
    assert done.outputs["sarif-file"] == ""
    assert not list(tmp_path.rglob("canary"))


TOUCH = 'touch "$HOME/canary" canary /tmp/imagelint-canary'
HOSTILE = (
    f"$({TOUCH})",
    f"`{TOUCH}`",
    f"'; {TOUCH}; '",
    f'"; {TOUCH}; "',
    f'")\n{TOUCH}\n("',
    f"x\n{TOUCH}\n",
    f"| {TOUCH} &",
    "*",
    "-x",
    "--help",
    "--version",
    "--format=json=canary",
    "--write-baseline=canary",
    "$HOME/canary",
    "a[$(touch canary)]",
    "${{ inputs.python }}",
    "\\",
    "\t",
    "é漢\x1b[31m",
)
TEXTS = sorted(set(DEFINITION["inputs"]) - {"python", "sarif"})


def demand_harmless(done: Result, tmp_path: Path) -> None:
    assert not list(tmp_path.rglob("*canary*"))
    assert not Path("/tmp/imagelint-canary").exists()  # noqa: S108 - must not appear
    assert done.code in {1, 2, 3}, done
    for words in ("Traceback", "syntax error", "command not found", "Usage:"):
        assert words not in done.stdout + done.stderr
    assert not re.search(r"^imagelint \d", done.stdout, re.MULTILINE)
    assert done.errors
    assert {each.name for each in done.commands} <= {"error", "warning", "notice"}


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("image", [False, True], ids=["check", "gate"])
def test_hostile_inputs_are_only_text(
    runner: Runner,
    tmp_path: Path,
    value: str,
    image: bool,  # noqa: FBT001 - a column of the table
) -> None:
    write(runner.checkout, Dockerfile=ROOT)
    inputs = dict.fromkeys(TEXTS, value)
    demand_harmless(runner(inputs if image else {**inputs, "image": ""}), tmp_path)


@pytest.mark.parametrize("name", TEXTS)
def test_each_hostile_input_alone_is_only_text(runner: Runner, tmp_path: Path, name: str) -> None:
    write(runner.checkout, Dockerfile=ROOT)
    value = f"""a' " ; {TOUCH}; $({TOUCH}) `{TOUCH}` * | &"""
    inputs = {"image": "oci:missing"} if name not in {"image", "baseline", "only"} else {}
    done = runner({**inputs, name: value})
    demand_harmless(done, tmp_path)


def test_hostile_paths_are_examined_as_they_are_named(runner: Runner, tmp_path: Path) -> None:
    name = f"$({TOUCH.replace('/', '_')}) ; 'x' \"y\""
    folder = runner.checkout / name
    folder.mkdir()
    (folder / "Dockerfile").write_text(ROOT, encoding="utf-8")
    (runner.checkout / "--help").mkdir()
    (runner.checkout / "--help" / "Dockerfile").write_text(ROOT, encoding="utf-8")
    done = runner({"paths": f"{name}\n--help"})
    assert done.code == 1
    assert done.outputs["high"] == "2"
    assert "--help/Dockerfile" in {each.properties["file"] for each in done.commands}
