"""The real Trivy, cosign and registry, and imagelint beside them."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.collect.conftest import Lab, lab, need, provided_programs
from tests.gate.attack import Ended

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.testing.images import Image
    from tests.conftest import Program

__all__ = ("lab", "provided_programs")  # fixtures


class Yard:
    """Where attacks take place: a registry, keys, a database, and both sides to be asked."""

    def __init__(self, lab: Lab, program: Program, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self._program = program

    def signed(self, name: str, image: Image | None = None) -> str:
        """An image that `build` signed once, by its digest."""
        reference = self.lab.push(name, image)
        mark = self.lab.folder / "signed" / name
        if not mark.exists():
            self.lab.signing.sign(reference, "build")
            mark.parent.mkdir(exist_ok=True)
            mark.touch()
        return reference

    def ours(self, command: str, *words: str) -> Ended:
        """How imagelint ends; it says what it says to both streams."""
        answer = self._program(command, *words)
        return Ended(answer.code, answer.out + answer.err)

    def bare(self, *words: str) -> Ended:
        """How another program ends, with a home that is empty."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "nobody")}
        done = subprocess.run(
            words, env=environment, cwd=self.folder, capture_output=True, text=True, check=False
        )
        return Ended(done.returncode, done.stdout + done.stderr)


@pytest.fixture
def yard(lab: Lab, program: Program, tmp_path: Path) -> Yard:
    need("trivy", "cosign", "oras", "docker-registry")
    folder = tmp_path / "yard"
    folder.mkdir()
    return Yard(lab, program, folder)
