"""Put imagelint and all that it needs into one file, which Python runs.

    python tools/singlefile.py WHEEL [--into dist]

The file is for the Python and the system that make it: packages come by version and hash from the
action's lock. What shiv and pex make reads a table of three thousand files whenever it starts.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import platform
import subprocess
import sys
import tempfile
import zipapp
import zipfile
from pathlib import Path

START = Path(__file__).with_name("singlefilestart.py")
LOCK = Path(__file__).parents[1] / ".github" / "action" / "requirements.txt"
INTERPRETER = "/usr/bin/env python3"
# The first moment that an archive can hold, so that the same files give the same archive.
EPOCH = (1980, 1, 1, 0, 0, 0)
LEFT_OUT = {"__pycache__", "bin"}
BUILDERS = ("hatchling", "hatch_fancy_pypi_readme")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path, metavar="WHEEL")
    parser.add_argument("--into", type=Path, default=Path("dist"), metavar="FOLDER")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        install(given.wheel, folder)
        print(write(Path(folder), given.into / name(given.wheel)))
    return 0


def install(wheel: Path, folder: str) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--no-compile", "--no-deps", "--target", folder]
    locked = ["--require-hashes", "--only-binary=:all:", "--requirement", str(LOCK)]
    subprocess.run([*pip, *locked], check=True)
    subprocess.run([*pip, "--no-index", str(wheel)], check=True)


def name(wheel: Path) -> str:
    """`imagelint-0.1.0-cpython-311-linux-x86_64.pyz`."""
    version = "-".join(wheel.name.split("-")[:2])
    machine = f"{sys.platform}-{platform.machine()}"
    return f"{version}-{sys.implementation.cache_tag}-{machine}.pyz"


def write(folder: Path, target: Path) -> Path:
    """Write the file out of what is installed in a folder; the same files give the same bytes."""
    packed = packages(folder)
    members = {
        "__main__.py": START.read_bytes(),
        "identity": hashlib.sha256(packed).hexdigest().encode(),
        "python": (sys.implementation.cache_tag or "").encode(),
        "packages": packed,
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        for member, content in members.items():
            file.writestr(zipfile.ZipInfo(member, EPOCH), content)
    archive.seek(0)
    zipapp.create_archive(archive, target, INTERPRETER)
    target.chmod(0o755)
    return target


def packages(folder: Path) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*")):
            inner = path.relative_to(folder)
            if path.is_dir() or LEFT_OUT & set(inner.parts) or is_builder(inner.parts[0]):
                continue
            entry = zipfile.ZipInfo(inner.as_posix(), EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            file.writestr(entry, path.read_bytes())
    return archive.getvalue()


def is_builder(top: str) -> bool:
    """Whether a folder or file is of what builds the package, which the lock has as well."""
    return top.partition("-")[0] in BUILDERS


if __name__ == "__main__":
    sys.exit(main())
