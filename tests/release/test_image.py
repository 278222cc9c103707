"""The container image: linted by ourselves, all by hash, and nothing missing that it copies."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.release.conftest import ROOT
from tools.lock import IMAGE, wanted

if TYPE_CHECKING:
    from tests.conftest import Program

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
FILES = ("Dockerfile", ".dockerignore")
LISTS = (".github/action/requirements.txt", ".github/release/image.txt")


def test_it_passes_our_own_strict(program: Program, here: Path) -> None:
    for name in (*FILES, *LISTS):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, here / name)
    answer = program(
        "check", "--policy", "strict", "--policy", "style", "--fail-on", "info", *FILES
    )
    assert answer.code == 0, answer.out
    assert "allowed" not in answer.out


def test_hadolint_finds_nothing_either() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_every_base_is_named_by_tag_and_digest() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 4
    for base in bases:
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+\.\d+[\w.-]*@sha256:[0-9a-f]{64}", base), base


def test_every_package_comes_by_hash() -> None:
    installs = re.findall(r"install (.*?)(?:\n[A-Z]|\Z)", DOCKERFILE, re.DOTALL)
    assert len(installs) == 3
    for options in installs:
        assert "--require-hashes" in options or "--no-index" in options
    locked = IMAGE.read_text(encoding="utf-8")
    assert all(re.split(r"[ >;]", text)[0] in locked for text in wanted(IMAGE))


def test_what_is_copied_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    names = [name.rstrip("/") for line in copied for name in line.split()]
    assert len(names) == 7
    for name in names:
        assert (ROOT / name).exists(), name
        assert f"!{name}\n" in ignored, name


def test_it_runs_as_nobody_in_particular() -> None:
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "\nUSER 65532:65532\n" in final
    assert "\nRUN " not in final
