"""Write again what the action, a release and the container image install, by version and hash.

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
RELEASE = ROOT / ".github" / "release" / "requirements.txt"
IMAGE = ROOT / ".github" / "release" / "image.txt"
LOCKS = {LOCK: "the action", RELEASE: "a release", IMAGE: "the container image"}
TESTED = ROOT / "requirements-dev.txt"
UV = Path(sys.executable).with_name("uv")
IN_THE_IMAGE = ("helm", "kustomize")
"""Extras for every architecture. The package of ShellCheck is built for one alone."""
RELEASERS = ("cyclonedx-bom", "zensical")
"""What makes the bill of materials and the site."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say whether they are fresh")
    if not parser.parse_args().check:
        for lock in LOCKS:
            lock.write_text(f"{header(lock)}{resolved(wanted(lock))}", encoding="utf-8")
        return 0
    stale = [
        lock for lock in LOCKS if not lock.read_text(encoding="utf-8").startswith(header(lock))
    ]
    for lock in stale:
        print(f"{lock.relative_to(ROOT)} is not of these dependencies: run `make lock`")
    return 1 if stale else 0


def wanted(lock: Path = LOCK) -> list[str]:
    """What imagelint needs to be built and to run; to be released; to run in the image."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed: list[str] = project["project"]["dependencies"]
    if lock == IMAGE:
        extras = project["project"]["optional-dependencies"]
        shell = (f"{one}; platform_machine == 'x86_64'" for one in extras["shell"])
        return [*needed, *(one for extra in IN_THE_IMAGE for one in extras[extra]), *shell]
    built = [*needed, *project["build-system"]["requires"]]
    return [*built, *RELEASERS] if lock == RELEASE else built


def header(lock: Path) -> str:
    """The first lines of a lock: who installs it, and what it depends on."""
    identity = hashlib.sha256(json.dumps(wanted(lock)).encode()).hexdigest()
    return f"# What {LOCKS[lock]} installs; `make lock` writes it.\n# of: {identity}\n"


def resolved(packages: list[str]) -> str:
    """All packages for every Python and system, each with the hashes of all its files."""
    options = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "wanted.in"
        asked.write_text("\n".join(packages), encoding="utf-8")
        command = [str(UV), "pip", "compile", *options, "--python-version", "3.11"]
        command += ["--constraint", str(TESTED), str(asked)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
