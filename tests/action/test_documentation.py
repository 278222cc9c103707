"""What the documentation shows of the action: everything, pinned, and nothing that is not there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.action.jobs import DEFINITION, REPOSITORY
from tests.collect.conftest import need

OURS = "imagelint/imagelint@COMMIT # v0.1.0"
ITSELF = "./ # zizmor: ignore[self-repository] - the commit that is released"
PAGES = ("README.md", "docs/action.md")
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
USES = re.compile(r"uses: (.+)")
FILES = (
    REPOSITORY / "action.yml",
    *sorted((REPOSITORY / ".github/workflows").glob("*.yaml")),
    *(REPOSITORY / name for name in PAGES),
)


def workflows() -> list[Any]:
    """The workflows that are shown, with the page they are on."""
    found = []
    for name in PAGES:
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        blocks = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        shown = [block for block in blocks if "jobs:" in block]
        assert shown, name
        found += [pytest.param(block, id=f"{name} {at}") for at, block in enumerate(shown)]
    return found


def test_whatever_is_used_is_pinned_to_a_commit_and_says_the_version() -> None:
    used = [each.strip() for file in FILES for each in USES.findall(file.read_text("utf-8"))]
    assert len(used) > 10
    for name in used:
        assert name in (OURS, ITSELF) or PINNED.fullmatch(name), name


def test_an_action_has_the_same_commit_everywhere() -> None:
    used = [each.strip() for file in FILES for each in USES.findall(file.read_text("utf-8"))]
    commits: dict[str, str] = {}
    for name in used:
        repository, _, commit = name.partition("@")
        if name == ITSELF:
            continue
        repository = "/".join(repository.split("/")[:2])
        assert commits.setdefault(repository, commit) == commit


@pytest.mark.parametrize("text", workflows())
def test_a_workflow_gives_inputs_that_there_are(text: str) -> None:
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    ours = [step for step in steps if step.get("uses", "").startswith("imagelint/")]
    assert ours
    for step in ours:
        assert set(step.get("with", {})) <= set(DEFINITION["inputs"])
    for job in workflow["jobs"].values():
        allowed = {"security-events": "", "pull-requests": "", "packages": "", "id-token": ""}
        assert "write" not in {**job["permissions"], **allowed}.values()


@pytest.mark.parametrize("text", workflows())
def test_an_auditor_finds_nothing_in_a_workflow(text: str, tmp_path: Path) -> None:
    audited = text.replace("@COMMIT", f"@{'0' * 40}")
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/shown.yaml").write_text(audited, encoding="utf-8")
    audit(tmp_path)


def test_an_auditor_finds_nothing_in_the_action() -> None:
    audit(REPOSITORY / "action.yml", REPOSITORY / ".github/workflows")


def audit(*paths: Path) -> None:
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent))
    if zizmor is None:
        need("zizmor")
    done = subprocess.run(
        [str(zizmor), "--offline", "--no-progress", "--format=plain", *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_auditor_is_asked(tmp_path: Path) -> None:
    action = (REPOSITORY / "action.yml").read_text(encoding="utf-8")
    spliced = action.replace("run: exec", "run: echo ${{ inputs.paths }}; exec")
    (tmp_path / "action.yml").write_text(spliced, encoding="utf-8")
    with pytest.raises(AssertionError, match="template-injection"):
        audit(tmp_path / "action.yml")


def test_every_input_and_output_is_on_the_page() -> None:
    page = (REPOSITORY / "docs/action.md").read_text(encoding="utf-8")
    inputs = {
        f"| `{name}` | {each['default'] and '`' + each['default'] + '`'} | {each['description']} |"
        for name, each in DEFINITION["inputs"].items()
    }
    outputs = {
        f"| `{name}` | {each['description']} |" for name, each in DEFINITION["outputs"].items()
    }
    rows = {line for line in page.splitlines() if line.startswith("| `")}
    shown = {row for row in rows if "`tools: path`" not in row}
    assert inputs | outputs == shown
