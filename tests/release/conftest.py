"""What a release publishes, built once for all tests of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the source distribution and the wheel."""
    folder = tmp_path_factory.mktemp("distributions")
    done = subprocess.run(
        [sys.executable, ROOT / "tools/distributions.py", "--into", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the documentation site; a warning of its builder fails."""
    tree = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", tree / "docs")
    shutil.copy(ROOT / "zensical.toml", tree)
    done = subprocess.run(
        [Path(sys.executable).with_name("zensical"), "build", "--strict"],
        cwd=tree,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return tree / ".cache" / "site"
