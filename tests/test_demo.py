"""The demonstration, run for real: the command line, Trivy, cosign and a registry."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PROGRAMS = ("trivy", "cosign", "oras", "docker-registry")


class Demonstration(NamedTuple):
    """What came of it, and the folder for everything temporary."""

    code: int
    said: str
    complained: str
    folder: Path


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    missing = [name for name in PROGRAMS if not (ROOT / ".tools" / "bin" / name).exists()]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"{', '.join(missing)} not there: run `make tools`")
    folder = tmp_path_factory.mktemp("demonstration")
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "demo.py")],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Demonstration(done.returncode, done.stdout, done.stderr, folder)


def test_every_verdict_is_the_expected_one(demonstration: Demonstration) -> None:
    assert demonstration.code == 0, demonstration.said + demonstration.complained
    assert demonstration.said.count("-> ended with 0, as expected") == 6
    assert demonstration.said.count("-> ended with 1, as expected") == 7
    assert "NOT as expected" not in demonstration.said
    assert demonstration.complained == ""


def test_the_gate_names_why_it_fails(demonstration: Demonstration) -> None:
    parts = demonstration.said.split(". The gate: ")[1:]
    clean, unsigned, vulnerable, promoted, refused = parts
    assert "found    0 findings" in clean
    assert "high[unsigned-image]" in unsigned
    assert "vulnerable-package" not in unsigned
    assert "high[vulnerable-package]" in vulnerable
    assert "unsigned-image" not in vulnerable
    assert "evaluation              signed by release" in promoted
    assert "high[evaluation-regression]: faithfulness fell" in refused


def test_the_audit_tells_what_the_gates_told(demonstration: Demonstration) -> None:
    audit, report = demonstration.said.split(". The audit: ")[1].split(". Its report")
    assert "3 references, 2 images" in audit
    assert "audited          3\n" in audit
    assert "2 high" in audit
    assert "vulnerable-package (1 image)" in audit
    assert "audited      3 (2 fail, 1 pass)" in report
    assert "unsigned-image (high, 1 image)" in report
    assert "CVE-2099-0001 (high, fixed, 1 image)" in report


def test_nothing_is_left_behind(demonstration: Demonstration) -> None:
    assert list(demonstration.folder.iterdir()) == []
