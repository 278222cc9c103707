"""An installation of this version by the action, and images that it may judge."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.action.composite import Composite, Job
from tests.action.jobs import ACTION, INSTALL, PATH, REPOSITORY, Runner
from tests.collect.conftest import need


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The virtual environment into which the first steps have installed this version."""
    temporary = tmp_path_factory.mktemp("runner")
    action = Composite(ACTION, Job(temporary, temporary, PATH))
    done = action.run({"python": sys.executable}, slice(INSTALL + 1))
    assert done.code == 0, (done.stdout, done.stderr)
    return Path(done.steps["prepare.outputs.place"]) / "venv"


@pytest.fixture
def runner(installed: Path, tmp_path: Path) -> Runner:
    """Runs all steps from the judgement on in `tmp_path/checkout`."""
    return Runner(installed, tmp_path)


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
