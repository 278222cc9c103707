"""What cosign is given to sign, and for how long it may take."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.deadline import Deadline
from imagelint.collect.tools.cosign_attest import AttestRequest, attest
from imagelint.core.report import ProblemKind

if TYPE_CHECKING:
    from pathlib import Path

REQUEST = AttestRequest("registry.example.com/llm/server:v1", "sha256:" + "0a" * 32, "")


@pytest.fixture
def cosign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of cosign, whose text a test writes."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "cosign"


def write(program: Path, text: str) -> None:
    program.write_text(f"#!{sys.executable}\nimport os, sys, time\n{text}\n", encoding="utf-8")
    program.chmod(0o755)


def test_signing_ends_with_the_run(cosign: Path) -> None:
    write(cosign, "time.sleep(600)")
    problem = attest(REQUEST._replace(deadline=Deadline(1)))
    assert problem is not None
    assert problem.kind is ProblemKind.TIMED_OUT


def test_nothing_is_signed_after_the_end_of_the_run(cosign: Path, tmp_path: Path) -> None:
    write(cosign, f"open({str(tmp_path / 'ran')!r}, 'w')")
    deadline = Deadline(1e-9)
    while not deadline.passed:
        pass
    problem = attest(REQUEST._replace(deadline=deadline))
    assert problem is not None
    assert "nothing was signed" in problem.detail
    assert not (tmp_path / "ran").exists()
    assert attest(REQUEST._replace(deadline=Deadline(600))) is None
    assert (tmp_path / "ran").exists()


def test_what_cosign_is_given_to_keep_is_not_repeated(
    cosign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COSIGN_PASSWORD", "correct horse")
    write(cosign, "sys.exit('no key opens with ' + os.environ['COSIGN_PASSWORD'] + ', sorry')")
    problem = attest(REQUEST)
    assert problem is not None
    assert "horse" not in f"{problem.detail} {problem.help}"
    assert "no key opens with" in problem.detail
