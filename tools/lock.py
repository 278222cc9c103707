"""Write again what the GitHub Action installs: every package by version and hash.

    python tools/lock.py [--check]

Needs `uv` beside this Python, and an index. Direct dependencies and what builds the package are
taken from pyproject.toml; where the tests run with a version, that version is locked. With
`--check` nothing is written and no index is asked: ends with 1 when the lock is of other
dependencies than those of pyproject.toml.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / ".github" / "action" / "requirements.txt"
TESTED = ROOT / "requirements-dev.txt"
UV = Path(sys.executable).with_name("uv")
HEADER = "# What the action installs; `make lock` writes it.\n# of: "


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say whether it is fresh")
    if not parser.parse_args().check:
        LOCK.write_text(f"{HEADER}{identity()}\n{resolved()}", encoding="utf-8")
        return 0
    if LOCK.read_text(encoding="utf-8").startswith(f"{HEADER}{identity()}\n"):
        return 0
    print(f"{LOCK.relative_to(ROOT)} is not of these dependencies: run `make lock`")
    return 1


def wanted() -> list[str]:
    """What imagelint needs to be built and to run."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [*project["project"]["dependencies"], *project["build-system"]["requires"]]


def identity() -> str:
    """What the lock depends on."""
    return hashlib.sha256(json.dumps(wanted()).encode()).hexdigest()


def resolved() -> str:
    """All packages for every Python and system, each with the hashes of all its files."""
    options = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "wanted.in"
        asked.write_text("\n".join(wanted()), encoding="utf-8")
        command = [str(UV), "pip", "compile", *options, "--python-version", "3.11"]
        command += ["--constraint", str(TESTED), str(asked)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
