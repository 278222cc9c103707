"""The inputs of the action: obeyed, or an annotation that says what is wrong with them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.action.jobs import REPOSITORY
from tests.cli.projects import GOOD, LOW, ROOT, write

if TYPE_CHECKING:
    from tests.action.jobs import Runner

IMAGE = "oci:missing"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"cache": "no"}, "input cache: true or false is expected, not 'no'"),
        ({"sarif": "yes"}, "input sarif: true or false is expected, not 'yes'"),
        ({"image": IMAGE, "offline": "1"}, "input offline: true or false is expected, not '1'"),
        ({"fail-on": "low\nhigh"}, "input fail-on: one line is expected, there are 2"),
        ({"image": f"{IMAGE}\n{IMAGE}"}, "input image: one line is expected, there are 2"),
        ({"working-directory": "nowhere"}, "input working-directory: there is no such folder"),
        ({"image": IMAGE, "only": "root-user"}, "input only: an image is judged by all rules"),
        ({"key": "cosign.pub"}, "input key: there is no image that it could be about"),
        ({"identity": "a@example.test"}, "input identity: there is no image that it could be"),
        ({"platform": "linux/arm64"}, "input platform: there is no image that it could be about"),
        ({"no-transparency-log": "true"}, "input no-transparency-log: there is no image that it"),
        ({"fail-on": "hihg"}, "hihg"),
        ({"rule": "rot-user=off"}, "rot-user"),
        ({"policy": "no-such-pack"}, "no-such-pack"),
        ({"only": "no-such-rule"}, "no-such-rule"),
        ({"image": IMAGE, "timeout": "soon"}, "soon"),
        ({"baseline": "missing.json"}, "missing.json"),
    ],
)
def test_a_wrong_input_is_annotated(runner: Runner, inputs: dict[str, str], said: str) -> None:
    write(runner.checkout, Dockerfile=GOOD)
    done = runner({"sarif": "true", **inputs})
    assert done.code == 2, done.stdout
    (error,) = done.errors
    assert said in error
    assert done.outputs["verdict"] == "incomplete"
    assert done.outputs["sarif-file"] == done.outputs["report-json"] == ""
    assert done.used == ()


def test_what_a_job_leaves_empty_is_not_given(runner: Runner) -> None:
    write(runner.checkout, Dockerfile=GOOD)
    done = runner(dict.fromkeys(("image", "offline", "key", "sarif", "only", "paths"), " \n"))
    assert done.outputs["verdict"] == "pass", done.stdout


def test_files_are_left_out_and_rules_are_chosen(runner: Runner) -> None:
    write(runner.checkout, a__Dockerfile=ROOT, b__Dockerfile=LOW)
    assert runner({"exclude": "a/**\r\n"}).outputs["high"] == "0"
    assert runner({"exclude": "a/**\nb/**"}).outputs["verdict"] == "incomplete"
    chosen = runner({"only": "apt-lists-kept\n", "fail-on": "low"})
    assert (chosen.outputs["high"], chosen.outputs["low"], chosen.code) == ("0", "1", 1)


@pytest.mark.parametrize("folder", ["..", "/", "out", "out/checkout/../.."])
def test_a_working_directory_is_in_the_workspace(runner: Runner, folder: str) -> None:
    """A pull request may put a link where the workflow names a folder."""
    (runner.checkout / "out").symlink_to(runner.checkout.parent)
    done = runner({"working-directory": folder})
    assert done.code == 2
    (error,) = done.errors
    assert error == "input working-directory: there is no such folder in the workspace"


# -- Where paths start -------------------------------------------------------------------------


def repository(folder: Path) -> None:
    subprocess.run(["git", "init", "-q", folder], check=True)


@pytest.mark.parametrize("checkout", [".", "code"], ids=["the workspace", "below the workspace"])
def test_paths_start_in_the_working_directory_and_are_shown_from_the_root(
    runner: Runner, checkout: str
) -> None:
    repository(runner.checkout / checkout)
    write(runner.checkout / checkout / "llm/serving", Dockerfile=ROOT)
    done = runner({"working-directory": f"{checkout}/llm", "paths": "serving"})
    assert done.code == 1, done.stdout
    (told,) = done.commands
    assert told.properties["file"] == "llm/serving/Dockerfile"
    sarif = json.loads(Path(done.outputs["sarif-file"]).read_text(encoding="utf-8"))
    (result,) = sarif["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "llm/serving/Dockerfile", "uriBaseId": "%SRCROOT%"}
    assert "serving/Dockerfile:1" in done.stdout


def test_a_policy_is_named_from_the_working_directory(runner: Runner) -> None:
    write(runner.checkout / "llm", Dockerfile=ROOT, off_yaml="rules: {root-user: off}\n")
    inputs = {"working-directory": "llm", "policy": "recommended\n./off.yaml"}
    assert runner(inputs).outputs["high"] == "0"


def test_a_policy_is_taken_from_the_commit_that_is_named(runner: Runner) -> None:
    """A pull request changes the policy by which it would be judged."""
    repository(runner.checkout)
    write(runner.checkout, Dockerfile=ROOT)
    policy = runner.checkout / ".imagelint.yaml"
    policy.write_text("extends: [recommended]\n", encoding="utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.test", "-C", str(runner.checkout)]
    for arguments in (["add", "."], ["commit", "-q", "-m", "one"], ["tag", "base"]):
        subprocess.run([*git, *arguments], check=True, capture_output=True)
    policy.write_text("extends: [recommended]\nrules: {root-user: off}\n", encoding="utf-8")
    assert runner({}).outputs["verdict"] == "pass"
    assert runner({"policy-from": "base"}).outputs["verdict"] == "fail"


# -- Several uses ------------------------------------------------------------------------------


def category(**inputs: str) -> str:
    """How code scanning would call a use with these inputs."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import judge; print(judge.category())"
    matrix = inputs.pop("matrix", "null")
    given = {name.replace("_", "-"): value for name, value in {"paths": ".", **inputs}.items()}
    job = {"GITHUB_JOB": "judge", "GITHUB_WORKFLOW_REF": "a/b/.github/workflows/pr.yaml@refs/x"}
    return subprocess.run(
        [sys.executable, "-I", "-c", code, REPOSITORY / ".github/action"],
        env={**job, "MATRIX": matrix, "INPUTS": json.dumps(given)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_each_use_has_a_category_of_its_own() -> None:
    uses: list[dict[str, str]] = [
        {},
        {"paths": "sub"},
        {"working_directory": "sub"},
        {"image": "oci:one", "paths": ""},
        {"image": "oci:two", "paths": ""},
        {"image": "oci:two", "paths": "", "platform": "linux/arm64"},
        {"policy": "strict"},
        {"only": "secrets"},
        {"matrix": '{"size": "8b"}'},
        {"matrix": '{"size": "70b"}'},
    ]
    found = [category(**use) for use in uses]
    assert len(set(found)) == len(uses)
    assert found[0] == "imagelint:pr:judge"
    assert all(name.startswith("imagelint:pr:judge") for name in found)


@pytest.mark.parametrize("name", ["localhost:1/team/llm", "team/llm", "oci:build/image"])
def test_a_category_stays_from_build_to_build(name: str) -> None:
    digest = "@sha256:" + "0" * 64
    images = [f"{name}{rest}" for rest in (":1", ":2", f":2{digest}", digest, "")]
    assert len({category(image=image, paths="") for image in images}) == 1
    commits = {category(policy_from=commit) for commit in ("", "a" * 40, "b" * 40)}
    assert commits == {"imagelint:pr:judge"}


def test_a_category_that_is_named_is_taken(runner: Runner) -> None:
    write(runner.checkout, Dockerfile=GOOD)
    for given, taken in (("serving/70b", "serving/70b/"), ("a\t::b", "a-::b/")):
        done = runner({"category": given})
        sarif = json.loads(Path(done.outputs["sarif-file"]).read_text(encoding="utf-8"))
        assert sarif["runs"][0]["automationDetails"] == {"id": taken}
