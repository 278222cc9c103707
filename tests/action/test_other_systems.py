"""What is shown for other systems is what their own schemas take, and our command line knows."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from imagelint.cli.options.formats import FORMATS
from tests.action.jobs import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (REPOSITORY / "docs/ci.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"^```yaml ([\w-]+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
SCHEMAS = {
    "gitlab-ci": "vendor.gitlab-ci",
    "azure-pipelines": "vendor.azure-pipelines",
}


def complaints(schema: str, file: Path) -> str:
    """What the schema of a system says against a file; empty for nothing."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    if schema == "vendor.gitlab-ci":
        command += ["--data-transform", "gitlab-ci"]
    done = subprocess.run([*command, file], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_of_the_system_takes_it(name: str, tmp_path: Path) -> None:
    file = tmp_path / "shown.yaml"
    file.write_text(SHOWN[name], encoding="utf-8")
    assert complaints(SCHEMAS[name], file) == ""


def test_a_schema_would_complain(tmp_path: Path) -> None:
    file = tmp_path / "shown.yaml"
    file.write_text(SHOWN["gitlab-ci"].replace("script:\n    - >-", "scripts:\n    - >-"))
    assert "script" in complaints("vendor.gitlab-ci", file)


def test_the_action_and_the_workflows_are_what_github_takes() -> None:
    assert complaints("vendor.github-actions", REPOSITORY / "action.yml") == ""
    for file in sorted((REPOSITORY / ".github/workflows").glob("*.yaml")):
        assert complaints("vendor.github-workflows", file) == ""


def test_all_are_yaml_and_their_formats_are_ours() -> None:
    assert set(SHOWN) == {*SCHEMAS, "tekton", "pre-commit-config"}
    for text in SHOWN.values():
        assert yaml.safe_load(text)
    used = set(re.findall(r"--format (\w+)", PAGE))
    assert used >= {"gitlab", "junit", "sarif", "json"}
    assert used <= set(FORMATS)


def test_the_hooks_are_ours() -> None:
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (shown,) = yaml.safe_load(SHOWN["pre-commit-config"])["repos"]
    assert {each["id"] for each in shown["hooks"]} <= {each["id"] for each in hooks}


def test_a_task_of_tekton_names_only_its_own_parameters() -> None:
    spec = yaml.safe_load(SHOWN["tekton"])["spec"]
    names = {each["name"] for each in spec["params"]}
    used = re.findall(r"\$\(params\.(\w+)", SHOWN["tekton"])
    assert set(used) == names
