"""Install imagelint for this use of the action, and for no other.

What it needs comes by version and hash (`requirements.txt`), as wheels: nothing of others runs
while it is installed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from workflow import StepError, output, temporary, variable

_HERE = Path(__file__).parent
_PIP = ("-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
_LOCKED = (
    "--require-hashes",
    "--only-binary=:all:",
    "--requirement",
    str(_HERE / "requirements.txt"),
)
_BUILD = ("--no-deps", "--no-build-isolation")


def main() -> int:
    """Make a folder that no other use of the action has, with a virtual environment in it."""
    place = Path(tempfile.mkdtemp(prefix="imagelint-", dir=temporary()))
    environment = place / "venv"
    try:
        venv.create(environment, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise StepError(f"{sys.executable} cannot make a virtual environment: {error}") from None
    python = environment / "bin" / "python"
    _install(python, place, *_LOCKED)
    _install(python, place, *_BUILD, variable("GITHUB_ACTION_PATH"))
    output("place", str(place))
    return 0


def _install(python: Path, place: Path, *what: str) -> None:
    done = subprocess.run(
        [str(python), *_PIP, *what],
        cwd=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        reason = "\n".join(lines[:5]) or done.stderr.strip()[-1000:]
        raise StepError(f"imagelint cannot be installed\n{reason}")
