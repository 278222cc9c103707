"""Fetch the libraries that stand in every HTML report, by version and hash.

    python tools/vendor.py [--check]

Needs `npm`. With `--check` nothing is written and no registry is asked: ends with 1 when a file in
`imagelint/reporters/html/vendor` is not the pinned one.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "imagelint" / "reporters" / "html" / "vendor"
PINS = VENDOR / "vendored.toml"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say whether they are the pinned")
    asked = parser.parse_args()
    libraries = tomllib.loads(PINS.read_text(encoding="utf-8"))["library"]
    if not asked.check:
        for library in libraries:
            fetch(library)
    wrong = [name for library in libraries for name in unlike(library)]
    for name in wrong:
        print(f"{name} is not the pinned file")
    return 1 if wrong else 0


def unlike(library: dict) -> list[str]:
    """The files of a library that are not what was pinned."""
    return [
        each["as"]
        for each in library["files"].values()
        if not (VENDOR / each["as"]).is_file()
        or hashlib.sha256((VENDOR / each["as"]).read_bytes()).hexdigest() != each["sha256"]
    ]


def fetch(library: dict) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--ignore-scripts", library["package"]]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        (archive,) = Path(folder).glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != library["integrity"]:
            raise SystemExit(f"{library['package']} is not the pinned package")
        with tarfile.open(archive) as opened:
            for name, each in library["files"].items():
                member = opened.extractfile(f"package/{name}")
                if member is not None:
                    (VENDOR / each["as"]).write_bytes(member.read())


if __name__ == "__main__":
    sys.exit(main())
