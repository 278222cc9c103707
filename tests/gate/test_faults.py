"""What goes wrong with each program: incomplete in time, with the right reason, nothing left."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from imagelint.testing.images import Image, alpine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gate.conftest import Yard

SECONDS = 5
PATIENCE = 90  # on a machine with a bad day

HEAD = """#!{python}
import os, subprocess, sys, time
def real(**how):
    return subprocess.run([{real!r}, *sys.argv[1:]], check=False, **how)
if "version" in sys.argv and {honest}:
    sys.exit(real().returncode)
"""


class Fault(NamedTuple):
    """What a program does instead, whether it tells its version, and a part of the reason."""

    body: str
    words: str
    honest: bool = True


FAULTS = {
    "hangs": Fault("time.sleep(600)", "seconds and was stopped"),
    "hangs before it starts": Fault("time.sleep(600)", "seconds and was stopped", honest=False),
    "ignores signals": Fault(
        "import signal; signal.signal(15, signal.SIG_IGN); time.sleep(600)", "was stopped"
    ),
    "leaves a child": Fault(
        "subprocess.Popen(['sleep', '600']); time.sleep(600)", "seconds and was stopped"
    ),
    "is killed": Fault("os.kill(os.getpid(), 9)", "was killed by SIGKILL"),
    "says nothing": Fault("", "too early"),
    "fails without a word": Fault("sys.exit(7)", "ended with 7: it said nothing"),
    "says half": Fault(
        "text = real(stdout=-1).stdout; sys.stdout.buffer.write(text[:len(text) // 2])",
        "ends too early",
    ),
    "says too much": Fault(
        "[sys.stderr.write('x' * 10**6) for _ in range(100)]", "bytes to stderr and was stopped"
    ),
    "is too old": Fault("sys.exit(1)", "version", honest=False),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["trivy", "cosign"])
def test_a_program_that_fails_makes_the_verdict_incomplete(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    reference = yard.signed("faults", Image((alpine(("openssl", "3.1.9-r0")),)))
    given = FAULTS[fault]
    _replace(yard.folder / "bin", name, given, monkeypatch)
    left = yard.folder / "tmp"
    left.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(left))
    key = ("--key", str(yard.lab.keys / "build.pub"), "--no-transparency-log")
    scan = ("--offline", "--trivy-cache", str(yard.lab.cache))
    began = time.monotonic()
    hangs = ("--timeout", str(SECONDS)) if "sleep" in given.body else ()
    answer = yard.ours("gate", reference, *key, *scan, *hangs, "--policy", "baseline")
    assert time.monotonic() - began < PATIENCE
    assert answer.code == 3, answer.text
    assert given.words in answer.text, answer.text
    assert list(left.iterdir()) == []


@pytest.mark.parametrize(("name", "code"), [("trivy", 3), ("cosign", 0)])
def test_without_trivy_nobody_can_tell_and_without_cosign_we_can(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    reference = yard.signed("faults", Image((alpine(("openssl", "3.1.9-r0")),)))
    folder = yard.folder / "only"
    folder.mkdir()
    for other in {"trivy", "cosign"} - {name}:
        (folder / other).symlink_to(str(shutil.which(other)))
    monkeypatch.setenv("PATH", str(folder))
    key = ("--key", str(yard.lab.keys / "build.pub"), "--no-transparency-log")
    scan = ("--offline", "--trivy-cache", str(yard.lab.cache))
    answer = yard.ours("gate", reference, *key, *scan, "--policy", "baseline")
    assert answer.code == code, answer.text
    assert (f"the program `{name}` is not installed" in answer.text) is bool(code)


def _replace(folder: Path, name: str, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program before the real one on the path."""
    folder.mkdir()
    head = HEAD.format(python=sys.executable, real=shutil.which(name), honest=fault.honest)
    program = folder / name
    program.write_text(f"{head}{fault.body}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
