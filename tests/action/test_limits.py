"""What GitHub takes and shows: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.action.jobs import REPOSITORY
from tests.cli.projects import LOW, ROOT, write

if TYPE_CHECKING:
    from tests.action.jobs import Runner

FOLDERS = 300


def test_a_job_of_many_findings_stays_within_what_is_shown(runner: Runner) -> None:
    for number in range(FOLDERS):
        folder = runner.checkout / f"{'deep/' * 20}{number}"
        write(folder, Dockerfile=ROOT, low__Dockerfile=LOW)
    done = runner({"sarif": "true"})
    assert done.outputs["high"] == str(FOLDERS)
    kinds = Counter(each.name for each in done.commands)
    assert kinds["error"] == kinds["notice"] == 10
    assert "more" in done.commands[-1].data
    assert f"{FOLDERS - 10} high" in done.commands[-1].data
    assert len(done.summary.encode()) < 1024 * 1024
    sarif = Path(done.outputs["sarif-file"]).read_bytes()
    (run,) = json.loads(sarif)["runs"]
    assert FOLDERS <= len(run["results"]) <= 25_000
    assert len(gzip.compress(sarif)) < 10_000_000
    assert done.used[-1][1] == {"sarif_file": done.outputs["sarif-file"]}


def stand_in(runner: Runner, script: str) -> None:
    """Put a script in the place of imagelint."""
    (runner.place / "venv").unlink()
    program = runner.place / "venv/bin/python"
    program.parent.mkdir(parents=True)
    reports = "\n".join(
        f"case $a in --format={name}=*) {name}=${{a#--format={name}=}};; esac"
        for name in ("json", "sarif", "github", "summary", "outputs")
    )
    text = f'#!/bin/bash\nfor a in "$@"; do\n{reports}\ndone\n{script}\n'
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)


WRITE = 'echo "{}" > "$json"; touch "$github" "$summary"; echo "$said" > "$outputs"'


def test_a_sarif_file_that_is_too_large_is_not_uploaded(runner: Runner) -> None:
    stand_in(runner, f'said=verdict=pass; {WRITE}; head -c 11000000 /dev/urandom > "$sarif"')
    done = runner({"sarif": "true"})
    assert done.used == ()
    (warning,) = done.commands
    assert warning.name == "warning"
    assert warning.data == "the SARIF report is larger than what code scanning takes"
    assert Path(done.outputs["sarif-file"]).is_file()


def test_an_output_that_is_none_of_ours_is_not_given(runner: Runner) -> None:
    said = "$'verdict=fail\\nhigh=1\\nhigh<<EOF\\n9\\nEOF\\nPATH=/x y\\n=1\\n'"
    stand_in(runner, f'said={said}; {WRITE}; touch "$sarif"; exit 1')
    done = runner({})
    assert (done.outputs["verdict"], done.outputs["high"], done.code) == ("fail", "1", 1)
    assert {name for name in done.steps if name.startswith("judge.")} == {
        *("judge.outputs.verdict", "judge.outputs.high", "judge.outputs.upload"),
        *("judge.outputs.report-json", "judge.outputs.sarif-file", "judge.outputs.artifact"),
    }


def test_no_verdict_is_no_pass(runner: Runner) -> None:
    stand_in(runner, "echo '::error::boom'; echo boom >&2; exit 0")
    done = runner({"sarif": "true"})
    assert done.outputs["verdict"] == "incomplete"
    assert done.errors == ("boom",)
    assert done.used == ()


def test_a_defect_is_annotated(runner: Runner) -> None:
    stand_in(runner, "exit 4")
    done = runner({})
    assert (done.code, done.outputs["verdict"]) == (4, "incomplete")
    assert done.errors == ("imagelint ended with 4 and said nothing",)


def test_a_job_that_is_cancelled_cancels_what_it_started(runner: Runner) -> None:
    told = """trap 'touch "$HOME/told"; kill $!; exit 130' TERM"""
    stand_in(runner, f'{told}\nsleep 60 & touch "$HOME/up"; wait')
    files = {"GITHUB_OUTPUT": "output", "GITHUB_STEP_SUMMARY": "summary"}
    environment = {
        **{name: str(runner.temporary / file) for name, file in files.items()},
        "HOME": str(runner.temporary),
        "RUNNER_TEMP": str(runner.temporary),
        "GITHUB_WORKSPACE": str(runner.checkout),
        "PLACE": str(runner.place),
        "INPUTS": "{}",
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-I", str(REPOSITORY / ".github/action"), "judge"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        until(runner.temporary / "up")
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert (runner.temporary / "told").exists()


def until(file: Path) -> None:
    began = time.monotonic()
    while not file.exists():
        assert time.monotonic() - began < 60
        time.sleep(0.05)
