"""Install imagelint for this use of the action, and for no other.

What it needs comes by version and hash (`requirements.txt`), as wheels: nothing of others runs
while it is installed. Whoever put a wheel into the folder of packages, its hash is demanded.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

from workflow import StepError, variable

_LOCK = Path(__file__).with_name("requirements.txt")
_PIP = ("-I", "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")
_LOCKED = ("--require-hashes", "--only-binary=:all:", "--requirement", str(_LOCK))
_BUILD = ("--no-deps", "--no-build-isolation", "--no-index")
# They would have pip install where nobody looks.
_ELSEWHERE = ("PIP_PREFIX", "PIP_ROOT", "PIP_TARGET", "PIP_USER")
_MOST_REASONS = 5
_LONGEST_REASON = 1_000


def main() -> int:
    """Make a virtual environment in the folder of this use, with imagelint in it."""
    place, packages = Path(variable("PLACE")), Path(variable("PACKAGES"))
    environment = place / "venv"
    try:
        venv.create(environment, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = f"{sys.executable} cannot make a virtual environment ({error})"
        raise StepError(f"{said}: install python3-venv, or see actions/setup-python") from None
    pip = (str(environment / "bin" / "python"), *_PIP)
    install = (*pip, "install", "--no-index", f"--find-links={packages}", *_LOCKED)
    if _complaint(install, place):
        _demand((*pip, "download", f"--dest={packages}", *_LOCKED), place)
        _demand(install, place)
    _demand((*pip, "install", *_BUILD, variable("GITHUB_ACTION_PATH")), place)
    return 0


def _demand(command: tuple[str, ...], place: Path) -> None:
    reason = _complaint(command, place)
    if reason:
        raise StepError(f"imagelint cannot be installed\n{reason}")


def _complaint(command: tuple[str, ...], place: Path) -> str:
    """Why a command failed; empty when it did not."""
    done = subprocess.run(
        command,
        cwd=place,
        env={name: value for name, value in os.environ.items() if name not in _ELSEWHERE},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if not done.returncode:
        return ""
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
    said = "\n".join(errors[:_MOST_REASONS]) or done.stderr.strip()[-_LONGEST_REASON:]
    return said or f"pip ended with {done.returncode}"
