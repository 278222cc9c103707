"""The GitHub Action: its inputs are our options, and its steps do what they say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
import yaml

from imagelint.cli.check import check
from imagelint.cli.gate import gate
from tests.cli.projects import GOOD, ROOT, policy, write
from tests.collect.conftest import PROVIDED, need
from tests.composite import Composite, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    Runner: TypeAlias = Callable[[Mapping[str, str]], Result]

REPOSITORY = Path(__file__).parents[1]
ACTION = REPOSITORY / "action.yml"
DEFINITION = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
STEPS = DEFINITION["runs"]["steps"]
PATH = f"{PROVIDED}{os.pathsep}{os.environ['PATH']}"

# What a job has instead: annotations, a summary and reports are always written.
OPTIONS_WITHOUT_INPUT = {
    "candidates",
    "color",
    "exclude",
    "format",
    "jobs",
    "kind",
    "min-severity",
    "no-cache",
    "only",
    "quiet",
    "statistics",
    "stdin-filename",
    "verbose",
    "write-baseline",
}
INPUTS_WITHOUT_OPTION = {"image", "paths", "python", "sarif"}


def options(command: click.Command) -> set[str]:
    return {
        name.removeprefix("--")
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
        if name.startswith("--")
    }


def test_the_inputs_are_the_options() -> None:
    expected = (options(check) | options(gate)) - OPTIONS_WITHOUT_INPUT
    assert set(DEFINITION["inputs"]) - INPUTS_WITHOUT_OPTION == expected


def test_the_exceptions_are_needed() -> None:
    assert options(check) | options(gate) >= OPTIONS_WITHOUT_INPUT
    assert set(DEFINITION["inputs"]) >= INPUTS_WITHOUT_OPTION


def test_every_input_reaches_a_command() -> None:
    handed_over = " ".join(str(step.get("env", "")) + str(step.get("if", "")) for step in STEPS)
    for name in DEFINITION["inputs"]:
        assert f"inputs.{name} " in handed_over.replace("}", " }"), name


def test_every_input_and_output_is_described() -> None:
    for described in (*DEFINITION["inputs"].values(), *DEFINITION["outputs"].values()):
        assert described["description"].endswith(".")


def test_other_actions_are_pinned_to_a_commit() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    for name in used:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", name)


def test_nothing_is_spliced_into_a_script() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    assert len(scripts) == 2
    for script in scripts:
        assert "${{" not in script


# -- Its steps, run ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The temporary folder of a runner in which the first step has installed this version."""
    temporary = tmp_path_factory.mktemp("runner")
    action = Composite(ACTION, temporary, temporary)
    done = action.run({"python": sys.executable}, steps=slice(0, 1), path=PATH)
    assert done.code == 0, done.stderr
    return temporary / "imagelint"


@pytest.fixture
def runner(installed: Path, tmp_path: Path) -> Runner:
    """Run all steps but the first in `checkout`, with the installation already there."""
    (tmp_path / "checkout").mkdir()
    temporary = tmp_path / "temp"
    temporary.mkdir()
    (temporary / "imagelint").symlink_to(installed)

    def run(inputs: Mapping[str, str]) -> Result:
        action = Composite(ACTION, tmp_path / "checkout", temporary)
        return action.run(inputs, steps=slice(1, None), path=PATH)

    return run


def test_the_installed_program_is_this_version(installed: Path) -> None:
    done = subprocess.run(
        [installed / "bin/imagelint", "policy", "show", "--policy", "strict"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "root-user: on" in done.stdout


def test_a_good_checkout_passes(runner: Runner, tmp_path: Path) -> None:
    write(tmp_path / "checkout", Dockerfile=GOOD)
    done = runner({})
    assert (done.code, done.stdout) == (0, ""), done.stderr
    assert done.used == ()
    assert done.outputs == {
        "verdict": "pass",
        "critical": "0",
        "high": "0",
        "medium": "0",
        "low": "0",
        "info": "0",
        "report-json": str(tmp_path / "temp/imagelint.json"),
        "sarif-file": str(tmp_path / "temp/imagelint.sarif"),
        "image-digest": "",
    }
    assert "pass" in done.summary


def test_a_bad_checkout_fails_with_all_reports(runner: Runner, tmp_path: Path) -> None:
    write(tmp_path / "checkout", serving__Dockerfile=ROOT)
    done = runner({"sarif": "true"})
    assert done.code == 1
    assert "::error file=serving/Dockerfile,line=1" in done.stdout
    assert "high[root-user]" in done.stderr
    assert (done.outputs["verdict"], done.outputs["high"]) == ("fail", "1")
    assert "root-user" in done.summary
    report = json.loads(Path(done.outputs["report-json"]).read_text(encoding="utf-8"))
    assert report["findings"][0]["rule"] == "root-user"
    sarif = json.loads(Path(done.outputs["sarif-file"]).read_text(encoding="utf-8"))
    assert sarif["runs"][0]["results"][0]["ruleId"] == "root-user"
    ((action, given),) = done.used
    assert action.startswith("github/codeql-action/upload-sarif@")
    assert given == {"sarif_file": done.outputs["sarif-file"], "category": "imagelint"}


def test_the_inputs_are_obeyed(runner: Runner, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    write(checkout, a__Dockerfile=ROOT, b__Dockerfile=GOOD)
    (checkout / "mine.yaml").write_text(policy("rules: {root-user: off}"), encoding="utf-8")
    assert runner({"paths": "b"}).code == 0
    assert runner({"paths": "b\na\n"}).code == 1
    assert runner({"paths": ""}).code == 1
    assert runner({"policy": "recommended\n./mine.yaml\n"}).code == 0
    assert runner({"rule": "root-user=low\n\nunpinned-image=off"}).outputs["low"] == "1"
    assert runner({"rule": "root-user=low", "fail-on": "low"}).code == 1
    program = checkout.parent / "temp/imagelint/bin/imagelint"
    subprocess.run(
        [program, "check", "--no-cache", "--write-baseline", "known.json"],
        cwd=checkout,
        capture_output=True,
        check=False,
    )
    assert runner({"baseline": "known.json"}).code == 0


def test_nothing_examined_is_no_pass(runner: Runner) -> None:
    done = runner({})
    assert done.code == 3
    assert done.outputs["verdict"] == "incomplete"


def test_a_python_that_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "checkout").mkdir()
    action = Composite(ACTION, tmp_path / "checkout", tmp_path)
    hostile = 'python3 -c \'open("canary", "w")\' #'
    done = action.run({"python": hostile, "sarif": "true"}, path=PATH)
    assert done.code == 127
    assert len(done.used) == 1
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
    assert "Traceback" not in done.stderr
    assert "syntax error" not in done.stderr
    assert "command not found" not in done.stderr
    assert "Usage:" not in done.stdout
    assert not re.search(r"^imagelint \d", done.stdout, re.MULTILINE)
    assert done.code != 2 or "error: " in done.stderr


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("image", [False, True], ids=["check", "gate"])
def test_hostile_inputs_are_only_text(
    runner: Runner,
    tmp_path: Path,
    value: str,
    image: bool,  # noqa: FBT001 - a column of the table
) -> None:
    write(tmp_path / "checkout", Dockerfile=ROOT)
    inputs = dict.fromkeys(TEXTS, value)
    demand_harmless(runner(inputs if image else {**inputs, "image": ""}), tmp_path)


@pytest.mark.parametrize("name", TEXTS)
def test_each_hostile_input_alone_is_only_text(runner: Runner, tmp_path: Path, name: str) -> None:
    write(tmp_path / "checkout", Dockerfile=ROOT)
    value = f"""a' " ; {TOUCH}; $({TOUCH}) `{TOUCH}` * | &"""
    inputs = {"image": "oci:missing"} if name not in {"image", "baseline"} else {}
    done = runner({**inputs, name: value})
    demand_harmless(done, tmp_path)


def test_hostile_paths_are_examined_as_they_are_named(runner: Runner, tmp_path: Path) -> None:
    name = f"$({TOUCH.replace('/', '_')}) ; 'x' \"y\""
    folder = tmp_path / "checkout" / name
    folder.mkdir()
    (folder / "Dockerfile").write_text(ROOT, encoding="utf-8")
    (tmp_path / "checkout" / "--help").mkdir()
    (tmp_path / "checkout" / "--help" / "Dockerfile").write_text(ROOT, encoding="utf-8")
    done = runner({"paths": f"{name}\n--help"})
    assert done.code == 1
    assert done.outputs["high"] == "2"
    assert "::error file=--help/Dockerfile" in done.stdout


# -- With an image -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed and an unsigned image as layouts, the key, and a database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", PATH)
        need("trivy", "cosign", "oras", "docker-registry")
    folder = tmp_path_factory.mktemp("demo") / "lab"
    subprocess.run(
        [sys.executable, REPOSITORY / "tools/lab/mkdemo.py", folder],
        env={**os.environ, "PATH": PATH},
        check=True,
        capture_output=True,
    )
    return folder


def gated(demo: Path, image: str, **more: str) -> dict[str, str]:
    return {
        "image": f"oci:{demo / image}",
        "key": str(demo / "signer.pub"),
        "trivy-cache": str(demo / "trivy"),
        "offline": "true",
        "no-transparency-log": "true",
        **more,
    }


def test_a_signed_image_passes_the_gate(runner: Runner, demo: Path, tmp_path: Path) -> None:
    write(tmp_path / "checkout", Dockerfile=GOOD)
    done = runner(gated(demo, "image"))
    assert done.code == 0, done.stderr
    assert done.outputs["verdict"] == "pass"
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", done.outputs["image-digest"])
    assert done.outputs["image-digest"].removeprefix("sha256:") in done.summary


def test_an_unsigned_image_does_not_pass_the_gate(
    runner: Runner, demo: Path, tmp_path: Path
) -> None:
    write(tmp_path / "checkout", Dockerfile=GOOD)
    done = runner(gated(demo, "unsigned"))
    assert done.code == 1, done.stderr
    assert done.outputs["verdict"] == "fail"
    assert "unsigned-image" in done.stdout


def test_a_bad_checkout_does_not_pass_the_gate(runner: Runner, demo: Path, tmp_path: Path) -> None:
    write(tmp_path / "checkout", Dockerfile=ROOT)
    done = runner(gated(demo, "image"))
    assert done.code == 1
    assert "root-user" in done.stdout
